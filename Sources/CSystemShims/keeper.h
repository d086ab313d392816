// What the guardian and its keepers share; no part of the module's interface.
#ifndef LYRE_KEEPER_H
#define LYRE_KEEPER_H

#include <stddef.h>
#include <stdint.h>

/// A program that is to be started, as it comes over the guardian's socket.
struct lyre_request {
  /// Strings, each with its NUL: the file, the directory (empty for none), arguments, variables.
  char *text;
  uint32_t argument_count, variable_count;
  /// Whether the keeper waits for what the program leaves behind, instead of ending it.
  int spares;
  /// Where the keeper reports, and is told what to do.
  int line;
  int standard[3];
  /// The directory that a relative one begins in.
  int directory;
  /// Descriptor 3 of the program; -1 for none.
  int additional;
};

/// What a keeper reports: the number of the process, the step that failed with its error number, or
/// the status that the process ended with.
enum lyre_report_kind { LYRE_STARTED = 1, LYRE_FAILED, LYRE_EXITED };

/// In place of an error: the keeper waits for another program.
enum { LYRE_IS_FREE = 1 };

struct lyre_report {
  int32_t kind, value, error;
};

/// Starts a program, watches it, and ends what it leaves behind, and so with the next that comes over
/// the same line: the whole life of a keeper.
_Noreturn void lyre_keep(const struct lyre_request *request, int guardian, int end_of_all);

/// Sends a program to the guardian: 0, or -1 with errno.
///
/// `text` is as in `lyre_request`; of the descriptors the last may be missing.
int lyre_guardian_spawn(const char *text, size_t length, uint32_t argument_count,
                        uint32_t variable_count, int spares, const int *descriptors, int count);

/// Has the guardian end those that it took over from a keeper which was killed.
void lyre_guardian_sweep(void);

#endif
