// libarchive's writer of tar archives is linked with a list of all formats that it can write, and these need libraries for
// compression, XML and encryption. Lyre writes tar alone and never asks for one of them.
#define ABSENT(name)                  \
  int name(void *archive) {           \
    (void)archive;                    \
    return -30; /* ARCHIVE_FATAL */   \
  }

ABSENT(archive_write_set_format_7zip)
ABSENT(archive_write_set_format_mtree)
ABSENT(archive_write_set_format_mtree_classic)
ABSENT(archive_write_set_format_xar)
ABSENT(archive_write_set_format_zip)
