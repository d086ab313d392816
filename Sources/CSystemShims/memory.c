#include "lyre_memory.h"

#include <malloc.h>

void lyre_share_arenas(int count) { (void)mallopt(M_ARENA_MAX, count); }
