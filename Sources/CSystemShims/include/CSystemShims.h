#ifndef LYRE_SYSTEM_SHIMS_H
#define LYRE_SYSTEM_SHIMS_H

#include "lyre_arrival.h"
#include "lyre_attributes.h"
#include "lyre_eventfd.h"
#include "lyre_files.h"
#include "lyre_filesystems.h"
#include "lyre_guardian.h"
#include "lyre_init.h"
#include "lyre_memory.h"
#include "lyre_processes.h"
#include "lyre_spawn.h"
#include "lyre_start.h"
#include "lyre_warm.h"
#include "lyre_watch.h"

#endif
