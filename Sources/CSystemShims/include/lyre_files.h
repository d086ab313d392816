// Calls for files that Glibc's module map lacks.
#ifndef LYRE_FILES_H
#define LYRE_FILES_H

#include <sys/types.h>

/// Gives a file a new name that nothing has yet: 0, or -1 with errno, EEXIST when something has it.
int lyre_rename_new(const char *_Nonnull from, const char *_Nonnull to);

/// Reserves room for so many bytes of a file without changing its size: 0, or -1 with errno.
int lyre_reserve(int descriptor, off_t size);

#endif
