// The state in which a program was started: Swift reads its arguments from /proc, which may be missing.
#ifndef LYRE_START_H
#define LYRE_START_H

/// The number of the program's arguments, including its name; 0 if the C library does not pass them.
int lyre_argument_count(void);

/// One of the program's arguments, unchanged; NULL if it does not exist.
const char *_Nullable lyre_argument(int place);

/// Whether a signal was ignored when the program was started, as SIGHUP is under `nohup`.
int lyre_was_ignored(int signal_number);

/// Opens /dev/null in place of closed descriptors among 0, 1 and 2.
///
/// Call it before anything is opened, which would get their numbers.
void lyre_fill_standard_descriptors(void);

/// Whether ``lyre_fill_standard_descriptors`` found a closed descriptor among 0, 1 and 2.
int lyre_was_closed(int descriptor);

#endif
