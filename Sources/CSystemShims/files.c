#define _GNU_SOURCE
#include "lyre_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int lyre_rename_new(const char *from, const char *to) {
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  // The file system does not support it. link also fails if the name already exists.
  if (link(from, to) != 0) return -1;
  return unlink(from);
}

int lyre_reserve(int descriptor, off_t size) {
  return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, size);
}

const int lyre_path_only = O_PATH;
