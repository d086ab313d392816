#define _GNU_SOURCE
#include "lyre_guardian.h"
#include "lyre_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int lyre_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int lyre_wait_without_reaping(pid_t pid) {
  siginfo_t info;
  int result;
  do {
    result = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
  } while (result < 0 && errno == EINTR);
  return result;
}

int lyre_socket_pair(int type, int ends[2]) {
  return socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends);
}

struct failure {
  int step;
  int error;
};

// In the child, after fork: nothing from here to exec may allocate or lock.
static void fail(int line, int step) {
  struct failure failure = {step, errno};
  send(line, &failure, sizeof failure, MSG_NOSIGNAL);
  _exit(127);
}

static void run_child(const char *path, char *const *argv, char *const *envp, const char *directory,
                      const int standard[3], int additional, int line, pid_t parent) {
  // Out of the way of 0, 1 and 2.
  int high_line = fcntl(line, F_DUPFD_CLOEXEC, 20);
  if (high_line < 0) fail(line, LYRE_SPAWN_SETUP);
  close(line);
  line = high_line;
  if (setsid() < 0) fail(line, LYRE_SPAWN_SETUP);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail(line, LYRE_SPAWN_SETUP);
  // The parent may have died before the line above.
  if (getppid() != parent) _exit(127);
  // Not before the guardian knows about this process, which may have children at once.
  char go;
  ssize_t count;
  do {
    count = read(line, &go, 1);
  } while (count < 0 && errno == EINTR);
  if (count != 1) _exit(127);

  for (int signal_number = 1; signal_number < NSIG; signal_number++) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigaction(signal_number, &action, NULL);  // fails for SIGKILL and SIGSTOP, rightly
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);

  // First out of the way of 0 to 3, then into their places.
  const int given[4] = {standard[0], standard[1], standard[2], additional};
  int high[4];
  for (int i = 0; i < 4; i++) {
    if (given[i] < 0) continue;
    high[i] = fcntl(given[i], F_DUPFD, 10);
    if (high[i] < 0) fail(line, LYRE_SPAWN_SETUP);
  }
  for (int i = 0; i < 4; i++) {
    if (given[i] >= 0 && dup2(high[i], i) < 0) fail(line, LYRE_SPAWN_SETUP);
  }
  // Everything else closes at exec, the line among it: that tells the parent that all is well.
  if (syscall(SYS_close_range, 3U, ~0U, 1U << 2 /* CLOSE_RANGE_CLOEXEC */) < 0) {
    for (int fd = 3; fd < 65536; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  if (additional >= 0) fcntl(3, F_SETFD, 0);
  if (directory && chdir(directory) < 0) fail(line, LYRE_SPAWN_CHDIR);
  execve(path, argv, envp);
  fail(line, LYRE_SPAWN_EXEC);
}

// A program may have been started with SIGCHLD ignored; the system then keeps no exit statuses.
static void keep_exit_statuses(void) {
  struct sigaction action;
  if (sigaction(SIGCHLD, NULL, &action) < 0) return;
  if (action.sa_handler != SIG_IGN && !(action.sa_flags & SA_NOCLDWAIT)) return;
  if (action.sa_handler == SIG_IGN) action.sa_handler = SIG_DFL;
  action.sa_flags &= ~SA_NOCLDWAIT;
  sigaction(SIGCHLD, &action, NULL);
}

struct lyre_spawn_result lyre_release(pid_t pid, int line) {
  struct lyre_spawn_result result = {pid, LYRE_SPAWN_OK, 0};
  // Without a guardian the parent-death signal still ends the process itself.
  (void)lyre_guard_group(pid);
  struct failure failure;
  ssize_t count;
  send(line, "", 1, MSG_NOSIGNAL);
  do {
    count = read(line, &failure, sizeof failure);
  } while (count < 0 && errno == EINTR);
  close(line);
  if (count != (ssize_t)sizeof failure) return result;
  lyre_unguard_group(pid);
  while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
  }
  result.pid = -1;
  result.step = failure.step;
  result.error = failure.error;
  return result;
}

struct lyre_spawn_result lyre_spawn(const char *path, char *const *argv, char *const *envp,
                                    const char *directory, int standard_input,
                                    int standard_output, int standard_error, int additional) {
  struct lyre_spawn_result result = {-1, LYRE_SPAWN_FORK, 0};
  // The child waits for a byte and answers with a failure, or with the end that exec brings.
  int line[2];
  if (lyre_socket_pair(SOCK_STREAM, line) < 0) {
    result.error = errno;
    return result;
  }
  const int standard[3] = {standard_input, standard_output, standard_error};
  pid_t parent = getpid();
  keep_exit_statuses();

  // No handler of ours may run in the child.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t pid = fork();
  if (pid == 0) {
    close(line[0]);
    run_child(path, argv, envp, directory, standard, additional, line[1], parent);
  }
  int fork_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);

  close(line[1]);
  if (pid < 0) {
    result.error = fork_error;
    close(line[0]);
    return result;
  }
  return lyre_release(pid, line[0]);
}
