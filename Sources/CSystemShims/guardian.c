// The guardian: a child of this program that outlives it by a moment. It reads records from a
// socket; the end of that is the end of the program, however it came. It then kills the process
// groups and removes the paths that are still on its list.
//
// It is forked from a program with threads, so it may call nothing but what is safe in a signal
// handler: its list lives in a mapping of its own, without malloc.
#define _GNU_SOURCE
#include "lyre_guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAXIMUM_PATH = 4096, CAPACITY = 4096 };

enum kind { NOTHING = 0, GROUP, PATH };

struct record {
  uint8_t adds;
  uint8_t kind;
  uint16_t length;
  pid_t group;
};

struct entry {
  enum kind kind;
  pid_t group;
  char path[MAXIMUM_PATH];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int records = -1;
static pid_t owner = -1;

static int read_fully(int fd, void *into, size_t count) {
  size_t done = 0;
  while (done < count) {
    ssize_t n = read(fd, (char *)into + done, count - done);
    if (n == 0) return 0;
    if (n < 0) {
      if (errno == EINTR) continue;
      return 0;
    }
    done += (size_t)n;
  }
  return 1;
}

static int matches(const struct entry *entry, const struct entry *other) {
  if (entry->kind != other->kind) return 0;
  return entry->kind == GROUP ? entry->group == other->group : strcmp(entry->path, other->path) == 0;
}

static void watch(int fd) {
  setsid();
  for (int number = 1; number < NSIG; number++) {
    struct sigaction action = {.sa_handler = SIG_IGN};
    sigaction(number, &action, NULL);
  }
  prctl(PR_SET_NAME, "lyre-guardian");
  // It must not hold open anybody's pipe or terminal.
  if (fd != 3) {
    dup2(fd, 3);
    fd = 3;
  }
  for (int i = 0; i < 3; i++) close(i);
  syscall(SYS_close_range, 4U, ~0U, 0U);
  int ignored = chdir("/");
  (void)ignored;

  struct entry *entries = mmap(NULL, sizeof(struct entry) * CAPACITY, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (entries == MAP_FAILED) _exit(1);
  int count = 0;
  static struct entry incoming;
  struct record record;
  while (read_fully(fd, &record, sizeof record)) {
    incoming.kind = record.kind;
    incoming.group = record.group;
    if (record.length >= MAXIMUM_PATH) break;
    if (record.length > 0 && !read_fully(fd, incoming.path, record.length)) break;
    incoming.path[record.length] = 0;
    if (record.adds) {
      if (count < CAPACITY) entries[count++] = incoming;
      continue;
    }
    for (int i = count - 1; i >= 0; i--) {
      if (!matches(&entries[i], &incoming)) continue;
      memmove(&entries[i], &entries[i + 1], sizeof(struct entry) * (size_t)(count - 1 - i));
      count--;
      break;
    }
  }
  for (int i = count - 1; i >= 0; i--) {
    if (entries[i].kind == GROUP) kill(-entries[i].group, SIGKILL);
  }
  for (int i = count - 1; i >= 0; i--) {
    if (entries[i].kind != PATH) continue;
    if (unlink(entries[i].path) < 0) rmdir(entries[i].path);
  }
  _exit(0);
}

// With the lock held.
static int start(void) {
  // A socket and not a pipe, because writing to it never raises SIGPIPE.
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) return -1;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  // Twice, so that the guardian is nobody's child here and leaves no zombie.
  pid_t pid = fork();
  if (pid == 0) {
    pid_t inner = fork();
    if (inner != 0) _exit(inner < 0);
    close(ends[1]);
    watch(ends[0]);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(ends[0]);
  int status = 0;
  if (pid > 0) {
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
  }
  if (pid < 0 || status != 0) {
    close(ends[1]);
    errno = EAGAIN;
    return -1;
  }
  records = ends[1];
  owner = getpid();
  return 0;
}

static int tell(int adds, enum kind kind, pid_t group, const char *path) {
  struct {
    struct record record;
    char path[MAXIMUM_PATH];
  } message;
  size_t length = path ? strlen(path) : 0;
  if (length >= MAXIMUM_PATH) {
    errno = ENAMETOOLONG;
    return -1;
  }
  message.record = (struct record){(uint8_t)adds, (uint8_t)kind, (uint16_t)length, group};
  if (path) memcpy(message.path, path, length);
  size_t total = sizeof(struct record) + length;
  int result = 0;
  pthread_mutex_lock(&lock);
  if (records < 0 || owner != getpid()) result = adds ? start() : -1;
  size_t done = 0;
  while (result == 0 && done < total) {
    ssize_t n = send(records, (char *)&message + done, total - done, MSG_NOSIGNAL);
    if (n >= 0) {
      done += (size_t)n;
    } else if (errno != EINTR) {
      result = -1;
    }
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int lyre_guard_group(pid_t group) { return tell(1, GROUP, group, NULL); }

void lyre_unguard_group(pid_t group) { (void)tell(0, GROUP, group, NULL); }

int lyre_guard_path(const char *path) { return tell(1, PATH, 0, path); }

void lyre_unguard_path(const char *path) { (void)tell(0, PATH, 0, path); }
