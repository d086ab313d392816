// Waiting for many descriptors at once. epoll is not in the module map of Glibc that Swift has.
#ifndef LYRE_WATCH_H
#define LYRE_WATCH_H

#include <stdint.h>

/// What is known of a descriptor that was waited for.
struct lyre_watch_event {
  /// What it was added with.
  uint64_t key;
  /// Whether there is something to read; else only its end.
  int has_data;
};

/// A set of descriptors that are waited for together, closed on exec; -1 with errno.
int lyre_watch_new(void);

/// Adds a descriptor, which is reported once: 0, or -1 with errno.
int lyre_watch_add(int watch, int descriptor, uint64_t key);

/// Takes a descriptor away; nothing when it is not there.
void lyre_watch_remove(int watch, int descriptor);

/// Waits so many milliseconds, or for ever with a negative number: how many events there are.
int lyre_watch_wait(int watch, struct lyre_watch_event *_Nonnull events, int capacity,
                    int milliseconds);

#endif
