#define _GNU_SOURCE
#include "keeper.h"
#include "lyre_spawn.h"
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int lyre_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

void lyre_widen_pipe(int fd, int size) { (void)fcntl(fd, F_SETPIPE_SZ, size); }

int lyre_socket_pair(int type, int ends[2]) {
  return socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends);
}

// 1 for a report, 0 at the end.
static int receive(int line, struct lyre_report *report) {
  ssize_t count;
  do {
    count = recv(line, report, sizeof *report, MSG_WAITALL);
  } while (count < 0 && errno == EINTR);
  return count == (ssize_t)sizeof *report;
}

struct lyre_spawn_result lyre_await_start(int line) {
  struct lyre_spawn_result result = {-1, LYRE_SPAWN_FORK, EPIPE, -1};
  struct lyre_report report;
  if (receive(line, &report)) {
    if (report.kind == LYRE_STARTED) {
      return (struct lyre_spawn_result){report.value, LYRE_SPAWN_OK, 0, line};
    }
    result.step = (enum lyre_spawn_step)report.value;
    result.error = report.error;
  }
  close(line);
  return result;
}

int lyre_await_end(int line, int *status, int *is_free) {
  struct lyre_report report;
  *is_free = 0;
  while (receive(line, &report)) {
    if (report.kind != LYRE_EXITED) continue;
    *status = report.value;
    *is_free = report.error == LYRE_IS_FREE;
    return 0;
  }
  // The keeper was killed, and its program died with it, but its adopted processes did not.
  lyre_guardian_sweep();
  return -1;
}

void lyre_signal_group(int line, int number) {
  unsigned char byte = (unsigned char)number;
  ssize_t count;
  do {
    count = send(line, &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (count < 0 && errno == EINTR);
}

// Lines to keepers that wait for a program. More of them would be of little use.
enum { MAXIMUM_FREE = 16 };

static pthread_mutex_t free_lock = PTHREAD_MUTEX_INITIALIZER;
static int free_lines[MAXIMUM_FREE];
static int free_count = 0;
static pid_t free_owner = -1;

void lyre_return_line(int line) {
  pthread_mutex_lock(&free_lock);
  // A copy of this process must not talk to its keepers.
  if (free_owner != getpid()) free_count = 0;
  free_owner = getpid();
  int is_kept = free_count < MAXIMUM_FREE;
  if (is_kept) free_lines[free_count++] = line;
  pthread_mutex_unlock(&free_lock);
  if (!is_kept) close(line);
}

static int take_free_line(void) {
  pthread_mutex_lock(&free_lock);
  int line = free_owner == getpid() && free_count > 0 ? free_lines[--free_count] : -1;
  pthread_mutex_unlock(&free_lock);
  return line;
}

int lyre_has_free_line(void) {
  pthread_mutex_lock(&free_lock);
  int has = free_owner == getpid() && free_count > 0;
  pthread_mutex_unlock(&free_lock);
  return has;
}

static char *append(char *end, const char *text) {
  size_t length = strlen(text) + 1;
  memcpy(end, text, length);
  return end + length;
}

struct lyre_spawn_result lyre_spawn(const char *path, char *const *argv, char *const *envp,
                                    const char *directory, int standard_input,
                                    int standard_output, int standard_error, int additional,
                                    int spares, int reuses) {
  struct lyre_spawn_result result = {-1, LYRE_SPAWN_FORK, 0, -1};
  if (!directory) directory = "";
  uint32_t arguments = 0, variables = 0;
  size_t length = strlen(path) + strlen(directory) + 2;
  for (; argv[arguments]; arguments++) length += strlen(argv[arguments]) + 1;
  for (; envp[variables]; variables++) length += strlen(envp[variables]) + 1;
  if (length > UINT32_MAX) {
    result.error = E2BIG;
    return result;
  }
  char *text = malloc(length);
  if (!text) {
    result.error = ENOMEM;
    return result;
  }
  char *end = append(append(text, path), directory);
  for (uint32_t i = 0; i < arguments; i++) end = append(end, argv[i]);
  for (uint32_t i = 0; i < variables; i++) end = append(end, envp[i]);
  int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (here < 0) result.error = errno;
  int line[2] = {-1, -1};
  const int descriptors[6] = {-1, here, standard_input, standard_output, standard_error, additional};
  int count = additional < 0 ? 5 : 6;
  // Instead of a keeper that was killed meanwhile, the next one is used.
  while (here >= 0 && !spares && (line[0] = take_free_line()) >= 0) {
    struct lyre_record record = {.kind = LYRE_PROGRAM,
                                 .length = (uint32_t)length,
                                 .argument_count = arguments,
                                 .variable_count = variables};
    if (lyre_send_record(line[0], 1, &record, text, descriptors + 1, count - 1) < 0) {
      close(line[0]);
      continue;
    }
    result = lyre_await_start(line[0]);
    if (result.pid >= 0 || result.error != EPIPE) goto end;
  }
  if (reuses && here >= 0) {
    result = (struct lyre_spawn_result){-1, LYRE_SPAWN_NO_KEEPER, 0, -1};
    goto end;
  }
  // Tried once more if the guardian was killed in this moment.
  for (int tries = 0; tries < 2 && here >= 0; tries++) {
    if (lyre_socket_pair(SOCK_STREAM, line) < 0) {
      result.error = errno;
      break;
    }
    int all[6];
    memcpy(all, descriptors, sizeof all);
    all[0] = line[1];
    int sent = lyre_guardian_spawn(text, length, arguments, variables, spares, all, count);
    int error = errno;
    close(line[1]);
    if (sent < 0) {
      close(line[0]);
      result.error = error;
      break;
    }
    result = lyre_await_start(line[0]);
    if (result.pid >= 0 || result.error != EPIPE) break;
  }
end:
  if (here >= 0) close(here);
  free(text);
  return result;
}
