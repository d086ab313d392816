// Waits for many descriptors at once. epoll is missing from Swift's module map of Glibc.
#ifndef LYRE_WATCH_H
#define LYRE_WATCH_H

#include <stdint.h>

/// An event of a descriptor.
struct lyre_watch_event {
  /// The value that was passed when the descriptor was added.
  uint64_t key;
  /// Whether it can be read; otherwise it has only reached its end.
  int has_data;
};

/// A set of descriptors to wait for, closed on exec; -1 with errno on failure.
int lyre_watch_new(void);

/// Adds a descriptor, which is reported once: 0, or -1 with errno.
int lyre_watch_add(int watch, int descriptor, uint64_t key);

/// Removes a descriptor; no effect if it is not in the set.
void lyre_watch_remove(int watch, int descriptor);

/// Waits this many milliseconds, or forever if negative; returns the number of events.
int lyre_watch_wait(int watch, struct lyre_watch_event *_Nonnull events, int capacity,
                    int milliseconds);

#endif
