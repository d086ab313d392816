// What kind of file system a file is in: Glibc's module map lacks it.
#ifndef LYRE_FILESYSTEMS_H
#define LYRE_FILESYSTEMS_H

#include <sys/vfs.h>

#endif
