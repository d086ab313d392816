// Ends the children of this process and clears directories, using only functions that are safe after
// fork.
#ifndef LYRE_PROCESSES_H
#define LYRE_PROCESSES_H

#include <sys/types.h>

/// Sends SIGKILL to every child of this process, including adopted ones.
///
/// Without a list of children from the system, all processes are examined. `spares_keepers` excludes
/// children that are keepers of programs themselves.
void lyre_kill_children(int spares_keepers);

/// Removes a directory with its files, but not the files of subdirectories: 0, or -1 with errno.
int lyre_remove_directory(const char *_Nonnull path);

#endif
