#define _GNU_SOURCE
#include "lyre_warm.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

int lyre_send_descriptors(int socket, const void *bytes, size_t count, const int descriptors[4]) {
  struct iovec part = {(void *)bytes, count};
  union {
    char bytes[CMSG_SPACE(4 * sizeof(int))];
    struct cmsghdr aligned;
  } control = {{0}};
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof control.bytes};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(4 * sizeof(int));
  memcpy(CMSG_DATA(header), descriptors, 4 * sizeof(int));
  ssize_t sent;
  do {
    sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  return sent < 0 ? -1 : 0;
}

ssize_t lyre_receive(int socket, void *into, size_t capacity, int milliseconds) {
  struct pollfd polled = {.fd = socket, .events = POLLIN};
  int ready;
  do {
    ready = poll(&polled, 1, milliseconds);
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) errno = ETIMEDOUT;
  if (ready <= 0) return -1;
  ssize_t count;
  do {
    count = recv(socket, into, capacity, 0);
  } while (count < 0 && errno == EINTR);
  return count;
}
