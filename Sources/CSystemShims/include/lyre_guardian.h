// What is left behind when a program is killed outright is cleaned up by a process that is not.
#ifndef LYRE_GUARDIAN_H
#define LYRE_GUARDIAN_H

#include <sys/types.h>

/// Remembers a file, to remove it should this program end without having forgotten it.
///
/// The first call of any of these starts a small process that waits for this program's end.
/// 0, or -1 with errno when that could not be started.
int lyre_guard_path(const char *_Nonnull path);

/// Forgets a file.
void lyre_unguard_path(const char *_Nonnull path);

/// Remembers a directory, to remove it with the files in it.
int lyre_guard_directory(const char *_Nonnull path);

/// Forgets a directory.
void lyre_unguard_directory(const char *_Nonnull path);

/// Makes a file that is remembered from before it is there, and opens it.
///
/// `path` ends with six characters that random ones take the place of. The mode is what the umask
/// leaves of `mode`. A descriptor that is closed on exec, or -1 with errno.
int lyre_make_guarded_file(char *_Nonnull path, mode_t mode);

/// Makes a file of that very name; as above, EEXIST when something has the name.
int lyre_make_guarded_file_named(const char *_Nonnull path, mode_t mode);

/// Makes a directory of mode 0700 that is remembered from before it is there; as above, 0 or -1.
int lyre_make_guarded_directory(char *_Nonnull path);

#endif
