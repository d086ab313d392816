// Written by scripts/embed-page. Do not edit.
#include "WebPage.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char file_0[] = {
#embed "page/index.html" suffix(,)
    0};

static const struct lyre_page_file files[] = {
    {"index.html", "text/html; charset=utf-8", file_0, sizeof file_0 - 1},
};

size_t lyre_page_file_count(void) { return sizeof files / sizeof *files; }

const struct lyre_page_file *lyre_page_file(size_t index) { return &files[index]; }
