// eventfd is not in the module map of Glibc that Swift has.
#ifndef LYRE_EVENTFD_H
#define LYRE_EVENTFD_H

/// A new event counter, non-blocking and closed on exec; -1 with errno when there is none to be had.
int lyre_eventfd(void);

/// Adds one, so that whoever polls the descriptor wakes up.
void lyre_eventfd_signal(int fd);

/// Sets it back to zero.
void lyre_eventfd_clear(int fd);

#endif
