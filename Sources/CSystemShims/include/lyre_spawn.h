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
  /// No keeper waits for a program.
  LYRE_SPAWN_NO_KEEPER,
};

struct lyre_spawn_result {
  pid_t pid;
  enum lyre_spawn_step step;
  int error;
  /// The socket to the process's keeper; -1 when nothing was started.
  int line;
};

/// Starts a program in a session and process group of its own, under a keeper of its own.
///
/// The keeper is the program's parent and adopts whatever its descendants leave behind, however they
/// got away. When the program ends, or this one does, it ends all of that. With `spares` it waits for
/// what is left instead, until this program ends.
/// The program has the given descriptors as its standard ones, `additional` as its descriptor 3
/// unless that is negative, no others, every signal at its default (but SIGHUP, which
/// stays ignored under nohup) and none blocked. A variable
/// `JPY_PARENT_PID` gets the number of its parent.
/// With `reuses`, only a keeper that waits for a program is used, which any thread may do; the thread
/// that has a new keeper made must live as long as this program.
/// Returns once the program runs or could not be run.
struct lyre_spawn_result lyre_spawn(const char *_Nonnull path, char *_Nullable const *_Nonnull argv,
                                    char *_Nullable const *_Nonnull envp,
                                    const char *_Nullable directory, int standard_input,
                                    int standard_output, int standard_error, int additional,
                                    int spares, int reuses);

/// Whether a keeper waits for a program.
int lyre_has_free_line(void);

/// Waits for a keeper's report that its program runs, or why not; `line` is closed if not.
struct lyre_spawn_result lyre_await_start(int line);

/// Waits for a program to end with all that it left behind: 0 and its wait status, or -1 when its
/// keeper was killed. `is_free` says whether the keeper waits for another program.
int lyre_await_end(int line, int *_Nonnull status, int *_Nonnull is_free);

/// Takes back the line to a keeper that waits for another program, instead of closing it.
void lyre_return_line(int line);

/// Has a keeper send a signal to its program's process group; nothing when that has ended.
void lyre_signal_group(int line, int number);

/// Two Unix sockets, connected and closed on exec: 0, or -1 with errno.
int lyre_socket_pair(int type, int ends[_Nonnull 2]);

/// A pipe that closes on exec: 0, or -1 with errno. Not in the module map of Glibc.
int lyre_pipe(int ends[_Nonnull 2]);

/// Lets a pipe hold so many bytes, where the system allows it. Not in the module map of Glibc.
void lyre_widen_pipe(int fd, int size);

#endif
