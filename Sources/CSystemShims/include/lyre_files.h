// File operations that are missing from Glibc's module map.
#ifndef LYRE_FILES_H
#define LYRE_FILES_H

#include <sys/types.h>

/// Renames a file without replacing another one: 0, or -1 with errno, EEXIST if the name exists.
int lyre_rename_new(const char *_Nonnull from, const char *_Nonnull to);

/// Reserves space for this many bytes of a file without changing its size: 0, or -1 with errno.
int lyre_reserve(int descriptor, off_t size);

/// The flag O_PATH: a descriptor that names a file without opening it.
extern const int lyre_path_only;

#endif
