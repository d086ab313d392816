// A keeper: the parent of one program that Lyre started, and of the program's orphaned descendants.
//
// Orphans go to the nearest ancestor that adopts them. Each program therefore has such an ancestor of
// its own: a descendant that left its session, forked twice or cleared its environment is still known
// to belong to it, no list of all processes is read, and a program without descendants costs nothing.
//
// A keeper is forked from the guardian, which is small. It calls only functions that are safe in a
// signal handler. When its program and all descendants have ended, it keeps another program: a fork
// costs more than most of the work of small programs.
#define _GNU_SOURCE
#include "keeper.h"
#include "lyre_processes.h"
#include "lyre_spawn.h"
#include "lyre_start.h"
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/// How long killed processes may take to disappear (the system may be writing for them), and how long
/// the guardian of another Lyre may take to clean up after a Lyre that the program ran.
enum { PATIENCE_SECONDS = 6, GUARDIAN_SECONDS = 3 };

// Written by the child, which shares this memory until it runs the program.
static volatile int failed_step, failed_error;

static _Noreturn void fail(int step) {
  failed_error = errno;
  failed_step = step;
  _exit(127);
}

static void tell(int line, enum lyre_report_kind kind, int value, int error) {
  struct lyre_report report = {kind, value, error};
  ssize_t count;
  do {
    count = send(line, &report, sizeof report, MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
}

// In the child, after vfork.
static _Noreturn void run_child(const struct lyre_request *request, pid_t parent, const char *path,
                                const char *directory, char *const *argv, char *const *envp) {
  if (setsid() < 0) fail(LYRE_SPAWN_SETUP);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail(LYRE_SPAWN_SETUP);
  // The keeper may have been killed before the line above.
  if (getppid() != parent) _exit(127);
  for (int signal_number = 1; signal_number < NSIG; signal_number++) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    // nohup also applies to the processes that its program starts.
    if (signal_number == SIGHUP && lyre_was_ignored(SIGHUP)) action.sa_handler = SIG_IGN;
    sigaction(signal_number, &action, NULL);  // fails for SIGKILL and SIGSTOP, as expected
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (fchdir(request->directory) < 0 && errno != EACCES) fail(LYRE_SPAWN_SETUP);
  if (*directory && chdir(directory) < 0) fail(LYRE_SPAWN_CHDIR);

  // First move them away from 0 to 3, then to their places.
  const int given[4] = {request->standard[0], request->standard[1], request->standard[2],
                        request->additional};
  int high[4];
  for (int i = 0; i < 4; i++) {
    if (given[i] < 0) continue;
    high[i] = fcntl(given[i], F_DUPFD, 20);
    if (high[i] < 0) fail(LYRE_SPAWN_SETUP);
  }
  for (int i = 0; i < 4; i++) {
    if (given[i] >= 0 && dup2(high[i], i) < 0) fail(LYRE_SPAWN_SETUP);
  }
  if (syscall(SYS_close_range, 3U, ~0U, 1U << 2 /* CLOSE_RANGE_CLOEXEC */) < 0) {
    for (int fd = 3; fd < 65536; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  if (request->additional >= 0) fcntl(3, F_SETFD, 0);
  execve(path, argv, envp);
  fail(LYRE_SPAWN_EXEC);
}

// Sets the parent's number that kernels read from their environment to the number of this process. The
// variable has room for any number.
static char *own_parent_variable(char *variable, char *place) {
  static const char name[] = "JPY_PARENT_PID=";
  if (strncmp(variable, name, sizeof name - 1) != 0) return variable;
  char digits[16];
  size_t count = 0;
  for (pid_t rest = getpid(); rest > 0; rest /= 10) digits[count++] = (char)('0' + rest % 10);
  memcpy(place, name, sizeof name - 1);
  for (size_t i = 0; i < count; i++) place[sizeof name - 1 + i] = digits[count - 1 - i];
  place[sizeof name - 1 + count] = 0;
  return place;
}

// The number of the process; -1 if nothing runs, which is then reported.
static pid_t start(const struct lyre_request *request) {
  static char parent_variable[40];
  size_t count = (size_t)request->argument_count + request->variable_count + 2;
  failed_step = 0;
  char **pointers = mmap(NULL, count * sizeof *pointers, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pointers == MAP_FAILED) {
    tell(request->line, LYRE_FAILED, LYRE_SPAWN_FORK, errno);
    return -1;
  }
  const char *path = request->text;
  const char *directory = path + strlen(path) + 1;
  char *next = (char *)directory + strlen(directory) + 1;
  char **argv = pointers;
  for (uint32_t i = 0; i < request->argument_count; i++, next += strlen(next) + 1) argv[i] = next;
  char **envp = argv + request->argument_count + 1;
  for (uint32_t i = 0; i < request->variable_count; i++, next += strlen(next) + 1) {
    envp[i] = own_parent_variable(next, parent_variable);
  }
  pid_t parent = getpid();
  pid_t pid = vfork();
  if (pid == 0) run_child(request, parent, path, directory, argv, envp);
  if (pid < 0) {
    tell(request->line, LYRE_FAILED, LYRE_SPAWN_FORK, errno);
  } else if (failed_step != 0) {
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    tell(request->line, LYRE_FAILED, failed_step, failed_error);
    pid = -1;
  }
  // The program has its own memory by now.
  munmap(pointers, count * sizeof *pointers);
  return pid;
}

static int has_ended(pid_t child) {
  siginfo_t info = {0};
  return waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == child;
}

static long seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

// Ends and reaps all descendants, and stores the exit status of `child` in `status`. Returns whether none
// is left.
static int end_all(pid_t child, int *status, int signals) {
  long deadline = seconds() + PATIENCE_SECONDS;
  for (;;) {
    int ended;
    pid_t pid;
    while ((pid = waitpid(-1, &ended, WNOHANG)) > 0) {
      if (pid == child) *status = ended;
    }
    if (pid < 0 && errno != EINTR) return 1;
    if (seconds() > deadline) return 0;
    lyre_kill_children(deadline - seconds() > PATIENCE_SECONDS - GUARDIAN_SECONDS);
    // The children of a process that ends are handed on to this one.
    struct pollfd polled = {.fd = signals, .events = POLLIN};
    struct signalfd_siginfo information;
    if (poll(&polled, 1, 50) > 0) (void)!read(signals, &information, sizeof information);
  }
}

// Waits until no process is left, or until all must end.
static void wait_for_rest(int signals, int end_of_all) {
  struct pollfd polled[2] = {{.fd = signals, .events = POLLIN},
                             {.fd = end_of_all, .events = POLLIN}};
  for (;;) {
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
    }
    if (pid < 0 && errno != EINTR) return;
    if (poll(polled, 2, -1) < 0 && errno != EINTR) return;
    struct signalfd_siginfo information;
    if (polled[0].revents) (void)!read(signals, &information, sizeof information);
    if (polled[1].revents) {
      int ignored;
      (void)end_all(-1, &ignored, signals);
      return;
    }
  }
}

// Waits until the child has ended or must end.
static void watch(pid_t child, int line, int signals, int end_of_all) {
  struct pollfd polled[3] = {{.fd = line, .events = POLLIN},
                             {.fd = signals, .events = POLLIN},
                             {.fd = end_of_all, .events = POLLIN}};
  while (!has_ended(child)) {
    if (poll(polled, 3, -1) < 0) {
      if (errno == EINTR) continue;
      return;
    }
    if (polled[1].revents) {
      struct signalfd_siginfo information;
      (void)!read(signals, &information, sizeof information);
      // Orphans that ended on their own; the child itself stays until its group is cleared.
      siginfo_t info;
      for (;;) {
        info.si_pid = 0;
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == 0) break;
        if (info.si_pid == child) return;
        waitpid(info.si_pid, NULL, WNOHANG);
      }
    }
    if (polled[0].revents) {
      unsigned char number;
      ssize_t count = recv(line, &number, 1, 0);
      if (count < 0 && errno == EINTR) continue;
      // The program that requested this one has ended.
      if (count <= 0) return;
      kill(-child, number);
    }
    if (polled[2].revents) return;
  }
}

// Keeps one program until it ends; returns whether the keeper can keep another one.
static int keep(const struct lyre_request *request, int signals, int end_of_all) {
  pid_t child = start(request);
  if (child < 0) return 0;
  // This process must not hold a pipe open whose end another process waits for.
  for (int i = 0; i < 3; i++) close(request->standard[i]);
  close(request->directory);
  if (request->additional >= 0) close(request->additional);
  tell(request->line, LYRE_STARTED, child, 0);
  watch(child, request->line, signals, end_of_all);
  // Before it is reaped, because the number of its group is reserved until then.
  kill(-child, SIGKILL);
  int status = 0, is_free = 0;
  if (request->spares) {
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    tell(request->line, LYRE_EXITED, status, 0);
    close(request->line);
    wait_for_rest(signals, end_of_all);
  } else {
    is_free = end_all(child, &status, signals);
    tell(request->line, LYRE_EXITED, status, is_free ? LYRE_IS_FREE : 0);
  }
  return is_free;
}

// Waits for the next program; returns whether there is one.
static int wait_for_request(struct lyre_request *request, int line, int end_of_all) {
  struct pollfd polled[2] = {{.fd = line, .events = POLLIN}, {.fd = end_of_all, .events = POLLIN}};
  while (poll(polled, 2, -1) < 0) {
    if (errno != EINTR) return 0;
  }
  if (polled[1].revents) return 0;
  struct lyre_record record;
  int descriptors[LYRE_MAXIMUM_DESCRIPTORS];
  int count = lyre_read_marked_record(line, &record, descriptors);
  if (count < 4) return 0;
  char *text = lyre_room_for(record.length);
  if (!text || !lyre_read_fully(line, text, record.length)) return 0;
  *request = lyre_request_of(&record, text, line, descriptors, count);
  return 1;
}

_Noreturn void lyre_keep(const struct lyre_request *first, int guardian, int end_of_all) {
  struct lyre_request request = *first;
  close(guardian);
  prctl(PR_SET_NAME, "lyre-keeper");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigaction(SIGCHLD, &action, NULL);
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGCHLD);
  sigprocmask(SIG_BLOCK, &ends, NULL);
  int signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) {
    tell(request.line, LYRE_FAILED, LYRE_SPAWN_SETUP, errno);
    _exit(1);
  }
  while (keep(&request, signals, end_of_all) &&
         wait_for_request(&request, request.line, end_of_all)) {
  }
  _exit(0);
}
