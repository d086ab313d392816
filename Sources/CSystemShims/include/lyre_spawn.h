// Starts processes with all that kernels need: Swift can call neither fork nor the functions that are
// safe after it.
#ifndef LYRE_SPAWN_H
#define LYRE_SPAWN_H

#include <sys/types.h>

/// The step at which a start failed, for the error message.
enum lyre_spawn_step {
  LYRE_SPAWN_OK = 0,
  LYRE_SPAWN_FORK,
  LYRE_SPAWN_SETUP,
  LYRE_SPAWN_CHDIR,
  LYRE_SPAWN_EXEC,
  /// No keeper waits for a program.
  LYRE_SPAWN_NO_KEEPER,
};

struct lyre_spawn_result {
  pid_t pid;
  enum lyre_spawn_step step;
  int error;
  /// The socket to the process's keeper; -1 if nothing was started.
  int line;
};

/// Starts a program in a session and process group of its own, under a keeper of its own.
///
/// The keeper is the program's parent and adopts its orphaned descendants, however they detached
/// themselves. When the program or this process ends, the keeper ends all of them. With `spares` it waits
/// for them instead, until this process ends.
/// The program has the given descriptors as its standard ones, `additional` as its descriptor 3 unless
/// that is negative, and no others; every signal has its default action (except SIGHUP, which stays
/// ignored under nohup), and none is blocked. A variable `JPY_PARENT_PID` gets the number of its parent.
/// With `reuses`, only a keeper that waits for a program is used, which any thread may do; the thread
/// that creates a new keeper must live as long as this process.
/// Returns once the program runs or could not be run.
struct lyre_spawn_result lyre_spawn(const char *_Nonnull path, char *_Nullable const *_Nonnull argv,
                                    char *_Nullable const *_Nonnull envp,
                                    const char *_Nullable directory, int standard_input,
                                    int standard_output, int standard_error, int additional,
                                    int spares, int reuses);

/// Whether a keeper waits for a program.
int lyre_has_free_line(void);

/// Waits for a keeper's report that its program runs, or that it failed, which also closes `line`.
struct lyre_spawn_result lyre_await_start(int line);

/// Waits for the end of a program and all its descendants: 0 and its wait status, or -1 if its keeper
/// was killed. `is_free` says whether the keeper waits for another program.
int lyre_await_end(int line, int *_Nonnull status, int *_Nonnull is_free);

/// Returns the line to a keeper that waits for another program, instead of closing it.
void lyre_return_line(int line);

/// Makes a keeper send a signal to its program's process group; no effect if that has ended.
void lyre_signal_group(int line, int number);

/// Two Unix sockets, connected and closed on exec: 0, or -1 with errno.
int lyre_socket_pair(int type, int ends[_Nonnull 2]);

/// A pipe that closes on exec: 0, or -1 with errno. Missing from Glibc's module map.
int lyre_pipe(int ends[_Nonnull 2]);

/// Sets the capacity of a pipe in bytes, if the system allows it. Missing from Glibc's module map.
void lyre_widen_pipe(int fd, int size);

#endif
