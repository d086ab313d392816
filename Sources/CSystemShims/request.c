// The format in which a program to start is sent: to the guardian, and to a keeper that has kept a
// program before.
#define _GNU_SOURCE
#include "request.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int lyre_read_fully(int fd, void *into, size_t count) {
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

// Reads up to `size` bytes and the descriptors that come with them; -1 at the end.
static ssize_t receive(int fd, void *into, size_t size, int *descriptors, int *found) {
  struct iovec part = {into, size};
  union {
    char bytes[CMSG_SPACE(LYRE_MAXIMUM_DESCRIPTORS * sizeof(int))];
    struct cmsghdr aligned;
  } control;
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof control.bytes};
  ssize_t count;
  do {
    count = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return -1;
  *found = 0;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_type == SCM_RIGHTS) {
    *found = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(descriptors, CMSG_DATA(header), (size_t)*found * sizeof(int));
  }
  return count;
}

int lyre_read_record(int fd, struct lyre_record *record, int *descriptors) {
  int found;
  ssize_t count = receive(fd, record, sizeof *record, descriptors, &found);
  if (count < 0) return -1;
  size_t rest = sizeof *record - (size_t)count;
  return lyre_read_fully(fd, (char *)record + count, rest) ? found : -1;
}

int lyre_read_marked_record(int fd, struct lyre_record *record, int *descriptors) {
  unsigned char mark;
  int found;
  do {
    if (receive(fd, &mark, 1, descriptors, &found) < 0) return -1;
    // Otherwise it is a signal for a program that has ended meanwhile.
  } while (mark != LYRE_RECORD_MARK);
  return lyre_read_fully(fd, record, sizeof *record) ? found : -1;
}

int lyre_send_record(int fd, int is_marked, const struct lyre_record *record, const char *text,
                     const int *descriptors, int count) {
  unsigned char mark = LYRE_RECORD_MARK;
  struct iovec parts[3] = {{&mark, (size_t)is_marked}, {(void *)record, sizeof *record}};
  int is_short = record->length <= 65536;
  if (is_short) parts[2] = (struct iovec){(void *)text, record->length};
  union {
    char bytes[CMSG_SPACE(LYRE_MAXIMUM_DESCRIPTORS * sizeof(int))];
    struct cmsghdr aligned;
  } control;
  memset(&control, 0, sizeof control);
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = is_short ? 3 : 2};
  if (count > 0) {
    size_t size = (size_t)count * sizeof(int);
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(size);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(header), descriptors, size);
  }
  ssize_t sent;
  do {
    sent = sendmsg(fd, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  // A record is so short that it is sent completely or not at all.
  size_t head = (size_t)is_marked + sizeof *record;
  if (sent < (ssize_t)head) return -1;
  for (size_t done = (size_t)sent - head; done < record->length;) {
    ssize_t n = send(fd, text + done, record->length - done, MSG_NOSIGNAL);
    if (n >= 0) {
      done += (size_t)n;
    } else if (errno != EINTR) {
      return -1;
    }
  }
  return 0;
}

char *lyre_room_for(size_t length) {
  static char *text = NULL;
  static size_t capacity = 0;
  if (length <= capacity) return text;
  if (text) munmap(text, capacity);
  capacity = 0;
  size_t size = (length | 0xFFFF) + 1;
  text = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (text == MAP_FAILED) return text = NULL;
  capacity = size;
  return text;
}

struct lyre_request lyre_request_of(const struct lyre_record *record, char *text, int line,
                                    const int *descriptors, int count) {
  return (struct lyre_request){
      text, record->argument_count, record->variable_count, record->spares, line,
      {descriptors[1], descriptors[2], descriptors[3]}, descriptors[0],
      count > 4 ? descriptors[4] : -1};
}
