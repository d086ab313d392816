#include "lyre_watch.h"

#include <sys/epoll.h>

enum { MAXIMUM_EVENTS = 64 };

int lyre_watch_new(void) { return epoll_create1(EPOLL_CLOEXEC); }

int lyre_watch_add(int watch, int descriptor, uint64_t key) {
  struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.u64 = key};
  return epoll_ctl(watch, EPOLL_CTL_ADD, descriptor, &event);
}

void lyre_watch_remove(int watch, int descriptor) {
  (void)epoll_ctl(watch, EPOLL_CTL_DEL, descriptor, (struct epoll_event *)0);
}

int lyre_watch_wait(int watch, struct lyre_watch_event *events, int capacity, int milliseconds) {
  struct epoll_event found[MAXIMUM_EVENTS];
  int most = capacity < MAXIMUM_EVENTS ? capacity : MAXIMUM_EVENTS;
  int count = epoll_wait(watch, found, most, milliseconds);
  for (int i = 0; i < count; i++) {
    events[i] = (struct lyre_watch_event){found[i].data.u64, (found[i].events & EPOLLIN) != 0};
  }
  return count < 0 ? 0 : count;
}
