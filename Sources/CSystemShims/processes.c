#define _GNU_SOURCE
#include "lyre_processes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// As the kernel has it: opendir allocates.
struct entry {
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

// Calls `visit` with the names in a directory; -1 with errno when it cannot be read.
static int for_each_entry(const char *path, void (*visit)(int directory, const char *name, void *),
                          void *context) {
  int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (directory < 0) return -1;
  _Alignas(struct entry) char buffer[8192];
  long count;
  while ((count = syscall(SYS_getdents64, directory, buffer, sizeof buffer)) > 0) {
    for (long at = 0; at < count;) {
      struct entry *entry = (struct entry *)(buffer + at);
      at += entry->length;
      if (strcmp(entry->name, ".") != 0 && strcmp(entry->name, "..") != 0) {
        visit(directory, entry->name, context);
      }
    }
  }
  close(directory);
  return count < 0 ? -1 : 0;
}

struct search {
  pid_t session;
  int found;
};

static void kill_member(int directory, const char *name, void *context) {
  (void)directory;
  struct search *search = context;
  pid_t pid = 0;
  for (const char *digit = name; *digit; digit++) {
    if (*digit < '0' || *digit > '9') return;
    pid = pid * 10 + (*digit - '0');
  }
  if (pid <= 1 || getsid(pid) != search->session) return;
  search->found++;
  kill(pid, SIGKILL);
}

void lyre_kill_session(pid_t session) {
  if (session <= 1) return;
  kill(-session, SIGKILL);
  // Again while there are more than before: those that were forked during the search. What is dead
  // and not yet reaped is found every time.
  int before = -1;
  for (int round = 0; round < 16; round++) {
    struct search search = {session, 0};
    if (for_each_entry("/proc", kill_member, &search) < 0 || search.found <= before) return;
    if (search.found == 0) return;
    before = search.found;
  }
}

static void remove_entry(int directory, const char *name, void *context) {
  (void)context;
  unlinkat(directory, name, 0);
}

int lyre_remove_directory(const char *path) {
  // When files come while others go, the directory's position may skip some.
  for (int round = 0; round < 4; round++) {
    if (rmdir(path) == 0) return 0;
    if (errno != ENOTEMPTY && errno != EEXIST) return -1;
    if (for_each_entry(path, remove_entry, NULL) < 0) return -1;
  }
  return rmdir(path);
}
