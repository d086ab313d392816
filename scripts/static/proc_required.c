/* Without /proc, Swift's runtime ends a static program before main, with SIGABRT: it looks for its own files beside /proc/self/exe.
   This comes first, and says what the dynamic program says. The link asks for the symbol lyre_proc_required. */
#include <unistd.h>

__attribute__((constructor(101))) void lyre_proc_required(void) {
  static const char message[] = "error: /proc is not mounted, and lyre cannot run without it. Nothing was done.\n";
  if (access("/proc/self", F_OK) == 0) return;
  (void)!write(2, message, sizeof message - 1);
  _exit(2);
}
