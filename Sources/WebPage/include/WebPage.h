#pragma once

#include <stddef.h>

/// A file of the page of `lyre ui`.
struct lyre_page_file {
  /// Its path, relative to the page.
  const char *name;
  /// Its media type.
  const char *type;
  const unsigned char *bytes;
  size_t length;
};

/// The number of files.
size_t lyre_page_file_count(void);

/// The file at an index; the index must be below the number of files.
const struct lyre_page_file *lyre_page_file(size_t index);
