// Declarations shared by the guardian and its keepers; not part of the module's interface.
#ifndef LYRE_KEEPER_H
#define LYRE_KEEPER_H

#include <stddef.h>
#include <stdint.h>

/// A program to start, as received over the guardian's socket.
struct lyre_request {
  /// Strings, each with its NUL: the file, the directory (empty for none), arguments, variables.
  char *text;
  uint32_t argument_count, variable_count;
  /// Whether the keeper waits for the program's descendants instead of ending them.
  int spares;
  /// The socket for the keeper's reports and for orders to it.
  int line;
  int standard[3];
  /// The directory to which a relative directory refers.
  int directory;
  /// Descriptor 3 of the program; -1 for none.
  int additional;
};

/// A keeper's report: the number of the process, the step that failed with its error number, or the
/// exit status of the process.
enum lyre_report_kind { LYRE_STARTED = 1, LYRE_FAILED, LYRE_EXITED };

/// Instead of an error: the keeper waits for another program.
enum { LYRE_IS_FREE = 1 };

struct lyre_report {
  int32_t kind, value, error;
};

/// Starts a program, watches it, ends its descendants, and repeats this for each further program that
/// arrives over the same line: the whole life of a keeper.
_Noreturn void lyre_keep(const struct lyre_request *request, int guardian, int end_of_all);

/// Sends a program to the guardian: 0, or -1 with errno.
///
/// `text` is as in `lyre_request`; the last descriptor may be missing.
int lyre_guardian_spawn(const char *text, size_t length, uint32_t argument_count,
                        uint32_t variable_count, int spares, const int *descriptors, int count);

/// Makes the guardian end the processes that it adopted from a killed keeper.
void lyre_guardian_sweep(void);

#endif
