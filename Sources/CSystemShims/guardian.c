// The guardian: a child of this program that outlives it by a moment. It reads records from a
// socket, whose end reports the end of the program, however it ended. It also starts all programs, each
// under a keeper: it is small, and so are its forks. At the end it makes the keepers end their programs
// and removes the paths that are still on its list.
//
// It is forked from a program with threads, so it may call only functions that are safe in a signal
// handler: its list is in a mapping of its own, without malloc.
#define _GNU_SOURCE
#include "keeper.h"
#include "lyre_eventfd.h"
#include "lyre_guardian.h"
#include "lyre_processes.h"
#include "lyre_spawn.h"
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAXIMUM_PATH = 4096, FIRST_CAPACITY = 64, EXIT_PATIENCE = 7000 };

struct entry {
  enum lyre_record_kind kind;
  char path[MAXIMUM_PATH];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int records = -1;
static pid_t owner = -1;
static pid_t guardian = -1;
static int is_ending = 0;

static int matches(const struct entry *entry, const struct entry *other) {
  return entry->kind == other->kind && strcmp(entry->path, other->path) == 0;
}

struct list {
  struct entry *entries;
  size_t count, capacity;
};

// Makes room for one more; 0 if there is no memory.
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

// Waits for the keepers to finish, and ends the processes of killed keepers.
static void wait_for_keepers(void) {
  // Here the system reaps ended children.
  for (int tries = 0; tries < 600; tries++) {
    if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD) return;
    if (tries % 50 == 10) lyre_kill_children(1);
    nanosleep(&(struct timespec){.tv_nsec = tries < 10 ? 1000 * 1000 : 10 * 1000 * 1000}, NULL);
  }
}

// Starts a program under a keeper, after reading its text, of which the keeper has a copy.
static void start_keeper(const struct lyre_record *record, char *text, const int *descriptors,
                         int count, int socket, int end_of_all) {
  struct lyre_request request =
      lyre_request_of(record, text, descriptors[0], descriptors + 1, count - 1);
  pid_t pid = fork();
  if (pid == 0) lyre_keep(&request, socket, end_of_all);
  if (pid < 0) {
    struct lyre_report report = {LYRE_FAILED, LYRE_SPAWN_FORK, errno};
    send(request.line, &report, sizeof report, MSG_NOSIGNAL);
  }
}

// Makes the cursor visible again, and ends a frame that was being written.
static void restore_terminals(const struct list *list) {
  static const char text[] = "\033[?7h\033[?25h\033[?2026l";
  for (size_t i = 0; i < list->count; i++) {
    if (list->entries[i].kind != LYRE_TERMINAL) continue;
    int terminal = open(list->entries[i].path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (terminal < 0) continue;
    ssize_t ignored = isatty(terminal) ? write(terminal, text, sizeof text - 1) : 0;
    (void)ignored;
    close(terminal);
  }
}

static void clean_up(const struct list *list) {
  for (size_t i = list->count; i-- > 0;) {
    const struct entry *entry = &list->entries[i];
    if (entry->kind == LYRE_FILE_PATH) unlink(entry->path);
    if (entry->kind != LYRE_DIRECTORY) continue;
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
  // It must not hold other programs' pipes or terminals open.
  if (fd != 3) {
    dup2(fd, 3);
    fd = 3;
  }
  for (int i = 0; i < 3; i++) close(i);
  syscall(SYS_close_range, 4U, ~0U, 0U);
  int ignored = chdir("/");
  (void)ignored;

  // Adopts the descendants of killed keepers.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  int end_of_all = lyre_eventfd();
  struct list list = {NULL, 0, 0};
  static struct entry incoming;
  struct lyre_record record;
  int descriptors[LYRE_MAXIMUM_DESCRIPTORS];
  int count;
  while ((count = lyre_read_record(fd, &record, descriptors)) >= 0) {
    if (record.kind == LYRE_SWEEP) {
      // A process reports its end before its children are handed on, and so do they.
      for (int round = 0; round < 20; round++) {
        lyre_kill_children(1);
        nanosleep(&(struct timespec){.tv_nsec = 5 * 1000 * 1000}, NULL);
      }
    } else if (record.kind == LYRE_PROGRAM) {
      char *text = lyre_room_for(record.length);
      if (count < 5 || !text || !lyre_read_fully(fd, text, record.length)) break;
      start_keeper(&record, text, descriptors, count, fd, end_of_all);
    } else {
      if (record.length >= MAXIMUM_PATH || !lyre_read_fully(fd, incoming.path, record.length)) break;
      incoming.kind = record.kind;
      incoming.path[record.length] = 0;
      if (!record.adds) {
        drop(&list, &incoming);
      } else if (has_room(&list)) {
        // Without memory, the rest of the list still counts.
        list.entries[list.count++] = incoming;
      }
    }
    for (int i = 0; i < count; i++) close(descriptors[i]);
  }
  restore_terminals(&list);
  lyre_eventfd_signal(end_of_all);
  wait_for_keepers();
  clean_up(&list);
  _exit(0);
}

// At the end of this program: lets the guardian finish, and reaps it, because process 1 may not.
static void finish(void) {
  pthread_mutex_lock(&lock);
  int socket = owner == getpid() ? records : -1;
  if (socket >= 0) is_ending = 1;
  pthread_mutex_unlock(&lock);
  if (socket < 0) return;
  shutdown(socket, SHUT_WR);
  // The guardian's end closes its side.
  struct pollfd polled = {.fd = socket, .events = POLLIN};
  int ready;
  do {
    ready = poll(&polled, 1, EXIT_PATIENCE);
  } while (ready < 0 && errno == EINTR);
  if (ready > 0) (void)waitpid(guardian, NULL, 0);
}

// The caller holds the lock.
static int start(void) {
  // A socket and not a pipe, because writing to it never raises SIGPIPE.
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) return -1;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t pid = fork();
  if (pid == 0) {
    close(ends[1]);
    watch(ends[0]);
  }
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(ends[0]);
  if (pid < 0) {
    close(ends[1]);
    errno = error;
    return -1;
  }
  static int is_registered = 0;
  if (!is_registered) is_registered = atexit(finish) == 0;
  // A guardian that was killed before.
  if (guardian > 0 && owner == getpid()) (void)waitpid(guardian, NULL, WNOHANG);
  guardian = pid;
  records = ends[1];
  owner = getpid();
  return 0;
}

// Sends a record, after starting a guardian if none runs and the record needs one.
static int tell(const struct lyre_record *record, const char *text, const int *descriptors, int count) {
  int result = -1;
  pthread_mutex_lock(&lock);
  if (is_ending) {
    errno = ECANCELED;
  } else {
    result = 0;
    if (records < 0 || owner != getpid()) result = record->adds ? start() : -1;
    if (result == 0 && lyre_send_record(records, 0, record, text, descriptors, count) < 0) {
      // Another process ended the guardian. Its list is lost; new records are not.
      close(records);
      records = -1;
      result = record->adds ? start() : -1;
      if (result == 0) result = lyre_send_record(records, 0, record, text, descriptors, count);
    }
  }
  pthread_mutex_unlock(&lock);
  return result;
}

static int tell_path(int adds, enum lyre_record_kind kind, const char *path) {
  size_t length = strlen(path);
  if (length >= MAXIMUM_PATH) {
    errno = ENAMETOOLONG;
    return -1;
  }
  struct lyre_record record = {
      .adds = (uint8_t)adds, .kind = (uint8_t)kind, .length = (uint32_t)length};
  return tell(&record, path, NULL, 0);
}

int lyre_guardian_spawn(const char *text, size_t length, uint32_t argument_count,
                        uint32_t variable_count, int spares, const int *descriptors, int count) {
  struct lyre_record record = {.adds = 1,
                          .kind = LYRE_PROGRAM,
                          .spares = (uint8_t)spares,
                          .length = (uint32_t)length,
                          .argument_count = argument_count,
                          .variable_count = variable_count};
  return tell(&record, text, descriptors, count);
}

void lyre_guardian_sweep(void) {
  struct lyre_record record = {.kind = LYRE_SWEEP};
  (void)tell(&record, NULL, NULL, 0);
}

int lyre_guard_path(const char *path) { return tell_path(1, LYRE_FILE_PATH, path); }

void lyre_unguard_path(const char *path) { (void)tell_path(0, LYRE_FILE_PATH, path); }

int lyre_guard_directory(const char *path) { return tell_path(1, LYRE_DIRECTORY, path); }

void lyre_unguard_directory(const char *path) { (void)tell_path(0, LYRE_DIRECTORY, path); }

int lyre_guard_terminal(const char *path) { return tell_path(1, LYRE_TERMINAL, path); }

void lyre_unguard_terminal(const char *path) { (void)tell_path(0, LYRE_TERMINAL, path); }
