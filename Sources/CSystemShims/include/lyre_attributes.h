// Extended attributes of files, including access control lists: missing from Glibc's module map.
#ifndef LYRE_ATTRIBUTES_H
#define LYRE_ATTRIBUTES_H

#include <sys/xattr.h>

#endif
