// What tells that a message is still arriving: libzmq hands on whole messages only.
#ifndef LYRE_ARRIVAL_H
#define LYRE_ARRIVAL_H

#include <stdint.h>
#include <sys/types.h>

/// What has come over a connection.
struct lyre_arrival {
  /// How many bytes have come since it was made; 0 where the system does not count them (Unix sockets).
  uint64_t received;
  /// How many bytes wait to be read.
  uint64_t waiting;
};

/// Asks a connected socket; all zero for anything else.
///
/// It changes nothing, so that a descriptor whose number belongs to something else by now does no harm.
struct lyre_arrival lyre_arrival(int fd);

/// The processor time that a process has used so far, in nanoseconds; 0 when there is no such process.
uint64_t lyre_processor_time(pid_t process);

#endif
