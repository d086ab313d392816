// How programs that are to be started are sent; no part of the module's interface.
#ifndef LYRE_REQUEST_H
#define LYRE_REQUEST_H

#include "keeper.h"

#include <stddef.h>
#include <stdint.h>

enum { LYRE_MAXIMUM_DESCRIPTORS = 6, LYRE_RECORD_MARK = 0xFF };

enum lyre_record_kind { LYRE_FILE_PATH = 1, LYRE_DIRECTORY, LYRE_PROGRAM, LYRE_SWEEP };

/// What comes before a text on a socket: a path for the guardian's list, or a program.
struct lyre_record {
  uint8_t adds;
  uint8_t kind;
  uint8_t spares;
  uint32_t length;
  uint32_t argument_count, variable_count;
};

/// Reads so many bytes: 1, or 0 at the end.
int lyre_read_fully(int fd, void *into, size_t count);

/// Reads a record and the descriptors that come with it; how many, or -1 at the end.
int lyre_read_record(int fd, struct lyre_record *record, int *descriptors);

/// The same where other bytes may come before it, and a mark in front of it.
int lyre_read_marked_record(int fd, struct lyre_record *record, int *descriptors);

/// Sends a record with its text and some descriptors: 0, or -1 with errno.
int lyre_send_record(int fd, int is_marked, const struct lyre_record *record, const char *text,
                     const int *descriptors, int count);

/// Memory for a text of that length, which is used again for the next one; NULL when there is none.
char *lyre_room_for(size_t length);

/// A program as it came; of the descriptors the first is the directory.
struct lyre_request lyre_request_of(const struct lyre_record *record, char *text, int line,
                                    const int *descriptors, int count);

#endif
