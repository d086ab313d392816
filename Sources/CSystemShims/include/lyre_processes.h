// Ending the children of this process and clearing directories, with nothing but what may be called
// after fork.
#ifndef LYRE_PROCESSES_H
#define LYRE_PROCESSES_H

#include <sys/types.h>

/// Sends SIGKILL to every child of this process, those that it adopted among them.
///
/// Without a list of children from the system all processes are looked at. With `spares_keepers`
/// those stay that look after a program themselves.
void lyre_kill_children(int spares_keepers);

/// Removes a directory and the files in it, those of subdirectories excepted: 0, or -1 with errno.
int lyre_remove_directory(const char *_Nonnull path);

#endif
