// The guardian: a child of this program that outlives it by a moment. It reads records from a
// socket; the end of that is the end of the program, however it came. It then kills the process
// groups and removes the paths that are still on its list.
//
// It is forked from a program with threads, so it may call nothing but what is safe in a signal
// handler: its list lives in a mapping of its own, without malloc.
#define _GNU_SOURCE
#include "lyre_guardian.h"
#include "lyre_processes.h"

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
#include <time.h>
#include <unistd.h>

enum { MAXIMUM_PATH = 4096, FIRST_CAPACITY = 64 };

enum kind { GROUP = 1, FILE_PATH, DIRECTORY };

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

struct list {
  struct entry *entries;
  size_t count, capacity;
};

// Room for one more; 0 when there is no memory.
static int has_room(struct list *list) {
  if (list->count < list->capacity) return 1;
  size_t size = list->capacity * sizeof(struct entry);
  size_t capacity = list->capacity ? list->capacity * 2 : FIRST_CAPACITY;
  void *entries = list->entries
                      ? mremap(list->entries, size, capacity * sizeof(struct entry), MREMAP_MAYMOVE)
                      : mmap(NULL, capacity * sizeof(struct entry), PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (entries == MAP_FAILED) return 0;
  list->entries = entries;
  list->capacity = capacity;
  return 1;
}

static void drop(struct list *list, const struct entry *entry) {
  for (size_t i = list->count; i-- > 0;) {
    if (!matches(&list->entries[i], entry)) continue;
    memmove(&list->entries[i], &list->entries[i + 1],
            sizeof(struct entry) * (list->count - 1 - i));
    list->count--;
    return;
  }
}

static void clean_up(const struct list *list) {
  for (size_t i = list->count; i-- > 0;) {
    if (list->entries[i].kind == GROUP) lyre_kill_session(list->entries[i].group);
  }
  for (size_t i = list->count; i-- > 0;) {
    const struct entry *entry = &list->entries[i];
    if (entry->kind == FILE_PATH) unlink(entry->path);
    if (entry->kind != DIRECTORY) continue;
    // A process that is being killed may still add a file.
    for (int tries = 0; tries < 100; tries++) {
      if (lyre_remove_directory(entry->path) == 0 || errno != ENOTEMPTY) break;
      nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    }
  }
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

  struct list list = {NULL, 0, 0};
  static struct entry incoming;
  struct record record;
  while (read_fully(fd, &record, sizeof record)) {
    if (record.length >= MAXIMUM_PATH) break;
    if (record.length > 0 && !read_fully(fd, incoming.path, record.length)) break;
    incoming.kind = record.kind;
    incoming.group = record.group;
    incoming.path[record.length] = 0;
    if (record.adds) {
      // Without memory the rest of the list still counts.
      if (has_room(&list)) list.entries[list.count++] = incoming;
    } else {
      drop(&list, &incoming);
    }
  }
  clean_up(&list);
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

// With the lock held.
static int send_all(const void *message, size_t total) {
  size_t done = 0;
  while (done < total) {
    ssize_t n = send(records, (const char *)message + done, total - done, MSG_NOSIGNAL);
    if (n >= 0) {
      done += (size_t)n;
    } else if (errno != EINTR) {
      return -1;
    }
  }
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
  if (result == 0 && send_all(&message, total) < 0) {
    // Somebody ended the guardian. What it knew is lost; what comes now is not.
    close(records);
    records = -1;
    result = adds ? start() : -1;
    if (result == 0) result = send_all(&message, total);
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int lyre_guard_group(pid_t group) { return tell(1, GROUP, group, NULL); }

void lyre_unguard_group(pid_t group) { (void)tell(0, GROUP, group, NULL); }

int lyre_guard_path(const char *path) { return tell(1, FILE_PATH, 0, path); }

void lyre_unguard_path(const char *path) { (void)tell(0, FILE_PATH, 0, path); }

int lyre_guard_directory(const char *path) { return tell(1, DIRECTORY, 0, path); }

void lyre_unguard_directory(const char *path) { (void)tell(0, DIRECTORY, 0, path); }
