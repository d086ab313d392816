#define _GNU_SOURCE
#include "lyre_arrival.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

struct lyre_arrival lyre_arrival(int fd) {
  struct lyre_arrival result = {0, 0};
  int waiting = 0;
  int type = 0;
  socklen_t size = sizeof type;
  if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0) return result;
  if (ioctl(fd, FIONREAD, &waiting) == 0 && waiting > 0) result.waiting = (uint64_t)waiting;
  struct tcp_info info;
  memset(&info, 0, sizeof info);
  size = sizeof info;
  // Kernels from before these counters fill in only a part of the structure.
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0) {
    result.received = info.tcpi_bytes_received;
  }
  return result;
}

uint64_t lyre_processor_time(pid_t process) {
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}
