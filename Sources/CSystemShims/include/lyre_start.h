// What a program was started with: Swift reads its arguments from /proc, which may not be there.
#ifndef LYRE_START_H
#define LYRE_START_H

/// How many arguments the program has, its name among them; 0 where the C library does not tell.
int lyre_argument_count(void);

/// One of the program's arguments, as it was given; NULL where there is none.
const char *_Nullable lyre_argument(int place);

/// Whether a signal was ignored when the program was started, as `nohup` has it for SIGHUP.
int lyre_was_ignored(int signal_number);

/// Opens /dev/null in place of those of the descriptors 0, 1 and 2 that are closed.
///
/// To be called before anything is opened, which would get their numbers.
void lyre_fill_standard_descriptors(void);

/// Whether ``lyre_fill_standard_descriptors`` found one of the descriptors 0, 1 and 2 closed.
int lyre_was_closed(int descriptor);

#endif
