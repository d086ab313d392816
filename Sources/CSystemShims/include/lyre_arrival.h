// Detects that a message is still arriving: libzmq delivers only complete messages.
#ifndef LYRE_ARRIVAL_H
#define LYRE_ARRIVAL_H

#include <stdint.h>
#include <sys/types.h>

/// The bytes that arrived over a connection.
struct lyre_arrival {
  /// The number of bytes since it was made; 0 if the system does not count them (Unix sockets).
  uint64_t received;
  /// The number of bytes that can be read.
  uint64_t waiting;
};

/// Queries a connected socket; all values are zero for other descriptors.
///
/// It changes nothing, so that a descriptor whose number is in use for something else is not harmed.
struct lyre_arrival lyre_arrival(int fd);

/// The processor time that a process has used so far, in nanoseconds; 0 if it does not exist.
uint64_t lyre_processor_time(pid_t process);

#endif
