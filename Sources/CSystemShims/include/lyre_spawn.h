// Starting a process with what kernels need: Swift can call neither fork nor the functions that
// are safe after it.
#ifndef LYRE_SPAWN_H
#define LYRE_SPAWN_H

#include <sys/types.h>

/// Where a start failed, for the error message.
enum lyre_spawn_step {
  LYRE_SPAWN_OK = 0,
  LYRE_SPAWN_FORK,
  LYRE_SPAWN_SETUP,
  LYRE_SPAWN_CHDIR,
  LYRE_SPAWN_EXEC,
};

struct lyre_spawn_result {
  pid_t pid;
  enum lyre_spawn_step step;
  int error;
};

/// Starts a program in a session and process group of its own.
///
/// The child dies with the *thread* that calls this (a parent-death signal), has the given
/// descriptors as its standard ones, `additional` as its descriptor 3 unless that is negative, no
/// others, every signal at its default and none blocked.
/// The guardian knows its group before it runs: whoever reaps it calls lyre_unguard_group first.
/// Returns once the program runs or could not be run.
struct lyre_spawn_result lyre_spawn(const char *_Nonnull path, char *_Nullable const *_Nonnull argv,
                                    char *_Nullable const *_Nonnull envp,
                                    const char *_Nullable directory, int standard_input,
                                    int standard_output, int standard_error, int additional);

/// Lets a process go on that waits for a byte on the other end of `line`, which is closed here.
///
/// The guardian knows its group first. The process answers with a step and an error number, when it
/// cannot go on; it is then reaped here.
struct lyre_spawn_result lyre_release(pid_t pid, int line);

/// Two Unix sockets, connected and closed on exec: 0, or -1 with errno.
int lyre_socket_pair(int type, int ends[_Nonnull 2]);

/// A pipe that closes on exec: 0, or -1 with errno. Not in the module map of Glibc.
int lyre_pipe(int ends[_Nonnull 2]);

/// Waits for a process to end without reaping it: 0 once it has, -1 with errno.
int lyre_wait_without_reaping(pid_t pid);

#endif
