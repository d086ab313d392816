// Temporary files and directories that the guardian knows before they exist: if the guardian learned of
// them later, a program killed in between would leave them behind.
#define _GNU_SOURCE
#include "lyre_guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RANDOM_CHARACTERS = 6, TRIES = 100 };

static const char characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

// Replaces the Xs at the end of a path by random characters.
static int fill_in(char *path) {
  size_t length = strlen(path);
  unsigned char bytes[RANDOM_CHARACTERS];
  if (length < RANDOM_CHARACTERS) {
    errno = EINVAL;
    return -1;
  }
  while (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) {
    if (errno != EINTR) return -1;
  }
  for (int i = 0; i < RANDOM_CHARACTERS; i++) {
    path[length - RANDOM_CHARACTERS + i] = characters[bytes[i] % 64];
  }
  return 0;
}

// Creates a directory, or a file that stays open; returns 0 or its descriptor, -1 with errno.
static int make(char *path, int is_directory, mode_t mode) {
  for (int tries = 0; tries < TRIES; tries++) {
    if (fill_in(path) < 0) return -1;
    (void)(is_directory ? lyre_guard_directory(path) : lyre_guard_path(path));
    int result = is_directory ? mkdir(path, 0700)
                              : open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (result >= 0) return result;
    int number = errno;
    is_directory ? lyre_unguard_directory(path) : lyre_unguard_path(path);
    errno = number;
    if (number != EEXIST) return -1;
  }
  return -1;
}

int lyre_make_guarded_file(char *path, mode_t mode) { return make(path, 0, mode); }

int lyre_make_guarded_directory(char *path) { return make(path, 1, 0); }

int lyre_make_guarded_file_named(const char *path, mode_t mode) {
  struct stat status;
  // An existing file must never be on the list, not even for a moment.
  if (lstat(path, &status) == 0) {
    errno = EEXIST;
    return -1;
  }
  (void)lyre_guard_path(path);
  int result = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (result >= 0) return result;
  int number = errno;
  lyre_unguard_path(path);
  errno = number;
  return -1;
}
