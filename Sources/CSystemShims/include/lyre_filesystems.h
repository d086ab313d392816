// The type of a file's file system: missing from Glibc's module map.
#ifndef LYRE_FILESYSTEMS_H
#define LYRE_FILESYSTEMS_H

#include <sys/vfs.h>

#endif
