// The first process of a container.
#ifndef LYRE_INIT_H
#define LYRE_INIT_H

/// If this program is process 1, as in a container without an init, leaves that to a small process of
/// its own: it passes signals on, collects orphaned processes that have ended, and ends with the exit
/// code of this program, which goes on as its child.
///
/// Call it before any thread exists. Does nothing otherwise, and if no process can be made.
void lyre_be_child_of_init(void);

#endif
