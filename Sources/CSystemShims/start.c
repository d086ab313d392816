// The state in which a program was started, stored before anything can change it: its arguments as the
// C library received them, and the ignored signals.
#define _GNU_SOURCE
#include "lyre_start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static int argument_count;
static char **arguments;
static sigset_t ignored;
static int closed[3];

// glibc passes constructors the arguments of main. Swift reads /proc/self/cmdline, which is missing in a
// chroot or a sandbox, and can be hidden by a library that is loaded earlier.
__attribute__((constructor)) static void note_start(int count, char **values, char **environment) {
  (void)environment;
#ifdef __GLIBC__
  argument_count = count;
  arguments = values;
#else
  (void)count;
  (void)values;
#endif
  sigemptyset(&ignored);
  for (int number = 1; number < NSIG; number++) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN) {
      sigaddset(&ignored, number);
    }
  }
}

int lyre_argument_count(void) { return arguments ? argument_count : 0; }

const char *lyre_argument(int place) {
  return arguments && place >= 0 && place < argument_count ? arguments[place] : NULL;
}

int lyre_was_ignored(int signal_number) { return sigismember(&ignored, signal_number) == 1; }

void lyre_fill_standard_descriptors(void) {
  for (int fd = 0; fd < 3; fd++) {
    if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    closed[fd] = 1;
    // The lowest free one is `fd`. Without /dev, a directory is opened: writing to it is an error.
    if (open("/dev/null", O_RDWR) < 0) (void)open("/", O_RDONLY);
  }
}

int lyre_was_closed(int descriptor) {
  return descriptor >= 0 && descriptor < 3 && closed[descriptor];
}
