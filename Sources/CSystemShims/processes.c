#define _GNU_SOURCE
#include "lyre_processes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// The kernel's format: opendir allocates memory.
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

static pid_t number(const char *text) {
  pid_t result = 0;
  for (; *text >= '0' && *text <= '9'; text++) result = result * 10 + (*text - '0');
  return *text == 0 || *text == ' ' ? result : 0;
}

struct search {
  pid_t parent;
  int spares_keepers;
};

// The format of `/proc/N/stat`: N (name, which may contain anything) state parent …
static void kill_if_child(int directory, const char *name, void *context) {
  struct search *search = context;
  pid_t pid = number(name);
  size_t length = strlen(name);
  char path[32], text[256];
  if (pid <= 1 || length > 16) return;
  memcpy(path, name, length);
  memcpy(path + length, "/stat", sizeof "/stat");
  int file = openat(directory, path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  ssize_t count = read(file, text, sizeof text - 1);
  close(file);
  if (count <= 0) return;
  text[count] = 0;
  char *after = strrchr(text, ')');
  if (!after || strlen(after) < 4 || after[2] == 'Z' || number(after + 4) != search->parent) return;
  *after = 0;
  if (search->spares_keepers && strstr(text, "(lyre-")) return;
  kill(pid, SIGKILL);
}

void lyre_kill_children(int spares_keepers) {
  struct search search = {getpid(), spares_keepers};
  // This list exists if the kernel was built with it (CONFIG_PROC_CHILDREN).
  int list = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  int directory = list < 0 ? -1 : open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) {
    if (list >= 0) close(list);
    (void)for_each_entry("/proc", kill_if_child, &search);
    return;
  }
  char buffer[4096], name[16];
  size_t length = 0;
  ssize_t count;
  while ((count = read(list, buffer, sizeof buffer)) > 0) {
    for (ssize_t i = 0; i < count; i++) {
      if (buffer[i] != ' ' && length < sizeof name - 1) {
        name[length++] = buffer[i];
      } else {
        name[length] = 0;
        if (length > 0) kill_if_child(directory, name, &search);
        length = 0;
      }
    }
  }
  close(directory);
  close(list);
}

static void remove_entry(int directory, const char *name, void *context) {
  (void)context;
  unlinkat(directory, name, 0);
}

int lyre_remove_directory(const char *path) {
  // If files are added while others are removed, the directory's position may skip some.
  for (int round = 0; round < 4; round++) {
    if (rmdir(path) == 0) return 0;
    if (errno != ENOTEMPTY && errno != EEXIST) return -1;
    if (for_each_entry(path, remove_entry, NULL) < 0) return -1;
  }
  return rmdir(path);
}
