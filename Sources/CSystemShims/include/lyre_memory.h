// The allocator's options, which are missing from Glibc's module map.
#ifndef LYRE_MEMORY_H
#define LYRE_MEMORY_H

/// Lets all threads share this many arenas; before any of them allocates. By default glibc makes eight for
/// each processor, and each keeps what its threads needed most at any time: a process with a thread for each
/// kernel grows for as long as it runs.
void lyre_share_arenas(int count);

#endif
