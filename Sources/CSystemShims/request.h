// The format in which programs to start are sent; not part of the module's interface.
#ifndef LYRE_REQUEST_H
#define LYRE_REQUEST_H

#include "keeper.h"

#include <stddef.h>
#include <stdint.h>

enum { LYRE_MAXIMUM_DESCRIPTORS = 6, LYRE_RECORD_MARK = 0xFF };

enum lyre_record_kind { LYRE_FILE_PATH = 1, LYRE_DIRECTORY, LYRE_PROGRAM, LYRE_SWEEP, LYRE_TERMINAL };

/// The header of a text on a socket: a path for the guardian's list, or a program.
struct lyre_record {
  uint8_t adds;
  uint8_t kind;
  uint8_t spares;
  uint32_t length;
  uint32_t argument_count, variable_count;
};

/// Reads exactly this many bytes: 1, or 0 at the end.
int lyre_read_fully(int fd, void *into, size_t count);

/// Reads a record and its descriptors; returns their number, or -1 at the end.
int lyre_read_record(int fd, struct lyre_record *record, int *descriptors);

/// The same if other bytes may come before the record, which then begins with a mark.
int lyre_read_marked_record(int fd, struct lyre_record *record, int *descriptors);

/// Sends a record with its text and some descriptors: 0, or -1 with errno.
int lyre_send_record(int fd, int is_marked, const struct lyre_record *record, const char *text,
                     const int *descriptors, int count);

/// Memory for a text of this length, which the next text uses again; NULL if there is none.
char *lyre_room_for(size_t length);

/// A received program; the first descriptor is the directory.
struct lyre_request lyre_request_of(const struct lyre_record *record, char *text, int line,
                                    const int *descriptors, int count);

#endif
