#include "CLyreVersion.h"

// Package.swift defines it from git. A target of its own, so that a new commit compiles this file only.
#ifndef LYRE_COMMIT
#define LYRE_COMMIT ""
#endif

// `git archive` puts the commit here (.gitattributes), because an archive has no git.
static const char archived[] = "$Format:%H$";

const char *lyre_commit(void) {
  if (LYRE_COMMIT[0] != '\0') return LYRE_COMMIT;
  return archived[0] == '$' ? "" : archived;
}
