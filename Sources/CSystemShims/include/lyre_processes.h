// Ending all processes of a session and clearing directories, with nothing but what may be called
// after fork: the guardian does both, and so does the program itself.
#ifndef LYRE_PROCESSES_H
#define LYRE_PROCESSES_H

#include <sys/types.h>

/// Sends SIGKILL to every process of a group, and of the session of the same number.
///
/// A shell with job control gives each of its jobs a group of its own; they stay in its session.
void lyre_kill_session(pid_t session);

/// Removes a directory and the files in it, those of subdirectories excepted: 0, or -1 with errno.
int lyre_remove_directory(const char *_Nonnull path);

#endif
