// System calls for warm starts: Swift has neither the macros for passing descriptors nor a variadic
// prctl.
#ifndef LYRE_WARM_H
#define LYRE_WARM_H

#include <stddef.h>
#include <sys/types.h>

/// Sends a record with four descriptors over a Unix socket: 0, or -1 with errno.
int lyre_send_descriptors(int socket, const void *_Nonnull bytes, size_t count,
                          const int descriptors[_Nonnull 4]);

/// Waits for a record and receives it: its length, 0 at the end, -1 with errno.
///
/// ETIMEDOUT if none arrives for this many milliseconds; -1 for no limit.
ssize_t lyre_receive(int socket, void *_Nonnull into, size_t capacity, int milliseconds);

#endif
