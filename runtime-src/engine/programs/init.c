/*
 * What `docker run --init` puts in front of a container's program: PID 1 that does a PID 1's work. It starts the program in
 * a process group of its own (which gets the terminal), passes on the signals that it is sent, reaps whoever is left to it,
 * and ends as the program ended. A signal without a handler does nothing to PID 1 (pid_namespaces(7)): the program, being
 * PID 2, dies of it as everywhere else.
 *
 *   docker-init -- PROGRAM [ARG...]
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME "docker-init"
#define CANNOT_RUN 126
#define NOT_FOUND 127
#define SIGNAL_BASE 128

static int fail(const char *what, const char *on) {
  dprintf(2, NAME ": %s %s failed: %s\n", what, on, strerror(errno));
  return errno == ENOENT || errno == ENOTDIR ? NOT_FOUND : CANNOT_RUN;
}

/* In the new process. Taking the terminal from the background is what SIGTTOU is about, and it is blocked here. */
static int start(char **argv, const sigset_t *mask) {
  setpgid(0, 0);
  if (tcsetpgrp(0, getpid()) < 0 && errno != ENOTTY && errno != ENXIO && errno != EBADF && errno != EPERM)
    return fail("tcsetpgrp", "0");
  sigprocmask(SIG_SETMASK, mask, NULL);
  execvp(argv[0], argv);
  return fail("exec", argv[0]);
}

/* Everybody who has ended. -1 as long as the program is not among them, else the code to end with. */
static int reap(pid_t program) {
  int code = -1, status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
    if (pid == program) code = WIFEXITED(status) ? WEXITSTATUS(status) : SIGNAL_BASE + WTERMSIG(status);
  return code;
}

int main(int argc, char **argv) {
  if (argc < 3 || strcmp(argv[1], "--") != 0) {
    dprintf(2, "usage: " NAME " -- PROGRAM [ARG...]\n");
    return CANNOT_RUN;
  }
  prctl(PR_SET_NAME, NAME);
  sigset_t all, before;
  sigfillset(&all);
  /* those that a fault of our own would raise */
  for (const int *own = (const int[]){SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGSYS, 0}; *own; own++)
    sigdelset(&all, *own);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t program = fork();
  if (program == 0) return start(argv + 2, &before);
  if (program < 0) return fail("fork", argv[2]);
  for (;;) {
    int signal_number = sigwaitinfo(&all, NULL);
    if (signal_number < 0 && errno != EINTR) return fail("sigwaitinfo", "");
    if (signal_number == SIGCHLD) {
      int code = reap(program);
      if (code >= 0) return code;
    } else if (signal_number > 0) kill(program, signal_number);
  }
}
