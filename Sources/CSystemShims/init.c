// Process 1 of a container must collect every orphan, and a program that waits for its own children cannot
// do that: it would take the results of those it waits for.
#define _GNU_SOURCE
#include "lyre_init.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

// Collects children that have ended, and ends with the program when that is among them.
static void collect(pid_t program) {
  int status;
  pid_t ended;
  while ((ended = waitpid(-1, &status, WNOHANG)) > 0 || (ended < 0 && errno == EINTR)) {
    if (ended != program) continue;
    // The system ends every other process of the container with this one.
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  }
}

static void serve(pid_t program, const sigset_t *all) {
  for (;;) {
    collect(program);
    int number = sigwaitinfo(all, NULL);
    // SIGCHLD is for this process; the others, among them SIGTERM, are for the program.
    if (number > 0 && number != SIGCHLD) kill(program, number);
  }
}

void lyre_be_child_of_init(void) {
  if (getpid() != 1) return;
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t program = fork();
  if (program > 0) serve(program, &all);
  if (program == 0) {
    // A process group of its own in the foreground: Ctrl-C reaches it once, from the terminal.
    setpgid(0, 0);
    if (isatty(0)) (void)tcsetpgrp(0, getpgrp());
  }
  sigprocmask(SIG_SETMASK, &before, NULL);
}
