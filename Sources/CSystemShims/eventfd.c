#include "lyre_eventfd.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int lyre_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void lyre_eventfd_signal(int fd) {
  uint64_t one = 1;
  // EAGAIN means that the counter is full, so the other side will wake up anyway.
  while (write(fd, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void lyre_eventfd_clear(int fd) {
  uint64_t count;
  while (read(fd, &count, sizeof count) < 0 && errno == EINTR) {
  }
}
