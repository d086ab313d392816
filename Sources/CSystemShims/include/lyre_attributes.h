// Extended attributes of files, access control lists among them: Glibc's module map lacks them.
#ifndef LYRE_ATTRIBUTES_H
#define LYRE_ATTRIBUTES_H

#include <sys/xattr.h>

#endif
