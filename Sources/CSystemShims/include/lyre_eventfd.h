// eventfd is missing from Swift's module map of Glibc.
#ifndef LYRE_EVENTFD_H
#define LYRE_EVENTFD_H

/// A new event counter, non-blocking and closed on exec; -1 with errno on failure.
int lyre_eventfd(void);

/// Adds one, which wakes threads that poll the descriptor.
void lyre_eventfd_signal(int fd);

/// Resets it to zero.
void lyre_eventfd_clear(int fd);

#endif
