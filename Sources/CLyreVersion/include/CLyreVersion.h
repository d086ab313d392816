#ifndef C_LYRE_VERSION_H
#define C_LYRE_VERSION_H

/// The commit that the program was built from, followed by " modified" if its files had changes; "" if
/// it is unknown.
const char *_Nonnull lyre_commit(void);

#endif
