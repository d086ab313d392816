// When this program is killed, another process removes the files that it left behind.
#ifndef LYRE_GUARDIAN_H
#define LYRE_GUARDIAN_H

#include <sys/types.h>

/// Remembers a file, to remove it if this program ends without forgetting it.
///
/// The first call of these functions starts a small process that waits for this program's end.
/// 0, or -1 with errno if it could not be started.
int lyre_guard_path(const char *_Nonnull path);

/// Forgets a file.
void lyre_unguard_path(const char *_Nonnull path);

/// Remembers a directory, to remove it with the files in it.
int lyre_guard_directory(const char *_Nonnull path);

/// Forgets a directory.
void lyre_unguard_directory(const char *_Nonnull path);

/// Remembers a terminal, to make its cursor visible if this program ends without forgetting it.
int lyre_guard_terminal(const char *_Nonnull path);

/// Forgets a terminal.
void lyre_unguard_terminal(const char *_Nonnull path);

/// Creates and opens a file that is remembered before it exists.
///
/// `path` ends with six characters, which are replaced by random ones. The mode is `mode` without the
/// bits of the umask. Returns a descriptor that is closed on exec, or -1 with errno.
int lyre_make_guarded_file(char *_Nonnull path, mode_t mode);

/// Creates a file with exactly this name; as above, EEXIST if the name exists.
int lyre_make_guarded_file_named(const char *_Nonnull path, mode_t mode);

/// Creates a directory of mode 0700 that is remembered before it exists; as above, 0 or -1.
int lyre_make_guarded_directory(char *_Nonnull path);

#endif
