/*
 * native:events: signals by signalfd(2) and the ends of processes by pidfd_open(2), as watches of the loop.
 * A watched signal is blocked, so that the signalfd alone takes it. As in Node a signal handler does not keep the loop
 * alive, a process that is waited for does.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine.h"

typedef struct SignalHandler {
  int id, signal;
  JSValue callback;
  struct SignalHandler *next;
} SignalHandler;

static SignalHandler *handlers;
static sigset_t watched;
static int signal_fd = -1;
static Watch *signal_watch;
static int next_handler = 1;

static void deliver(int signal) {
  for (SignalHandler *handler = handlers, *next; handler; handler = next) {
    next = handler->next;
    if (handler->signal == signal) call_back(engine.ctx, handler->callback, 0, NULL);
  }
}

static void on_signal_fd(Watch *watch, uint32_t events) {
  (void)events;
  struct signalfd_siginfo info;
  while (read(watch->fd, &info, sizeof(info)) == sizeof(info)) deliver(info.ssi_signo);
}

static int update_signal_fd(void) {
  int fd = signalfd(signal_fd, &watched, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd < 0) return -1;
  if (signal_fd < 0) {
    signal_fd = fd;
    signal_watch = watch_add(fd, EPOLLIN, on_signal_fd, JS_UNDEFINED, NULL);
    if (signal_watch) signal_watch->ref = false;
  }
  return 0;
}

/* watchSignal(signal, callback): id */
FUNCTION(watch_signal) {
  UNUSED_ARGUMENTS;
  ARG_INT(signal, 0);
  if (signal < 1 || signal > 64 || signal == SIGKILL || signal == SIGSTOP)
    return throw_errno(ctx, EINVAL, "uv_signal_start", NULL);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, signal);
  sigaddset(&watched, signal);
  sigprocmask(SIG_BLOCK, &one, NULL);
  if (update_signal_fd() < 0) return throw_errno(ctx, errno, "signalfd", NULL);
  SignalHandler *handler = malloc(sizeof(*handler));
  if (!handler) abort();
  *handler = (SignalHandler){next_handler++, signal, JS_DupValue(ctx, argv[1]), handlers};
  handlers = handler;
  return JS_NewInt32(ctx, handler->id);
}

static bool has_handler(int signal) {
  for (SignalHandler *handler = handlers; handler; handler = handler->next)
    if (handler->signal == signal) return true;
  return false;
}

FUNCTION(unwatch_signal) {
  UNUSED_ARGUMENTS;
  ARG_INT(id, 0);
  for (SignalHandler **at = &handlers; *at; at = &(*at)->next) {
    SignalHandler *handler = *at;
    if (handler->id != id) continue;
    *at = handler->next;
    if (!has_handler(handler->signal)) {
      sigset_t one;
      sigemptyset(&one);
      sigaddset(&one, handler->signal);
      sigdelset(&watched, handler->signal);
      update_signal_fd();
      sigprocmask(SIG_UNBLOCK, &one, NULL);
    }
    JS_FreeValue(ctx, handler->callback);
    free(handler);
    break;
  }
  return JS_UNDEFINED;
}

void signals_reset(void) {
  if (signal_fd >= 0) close(signal_fd);
  signal_fd = -1;
  signal_watch = NULL;
  handlers = NULL;
  sigprocmask(SIG_UNBLOCK, &watched, NULL);
  sigemptyset(&watched);
}

/* The state that a new program expects: nothing blocked, all default. execve(2) itself resets what is caught, so only
 * what somebody before us may have had ignored is left: a shell (background jobs, job control), nohup, ourselves. */
FUNCTION(reset_signals) {
  UNUSED_ARGUMENTS;
  (void)ctx;
  static const int often_ignored[] = {SIGPIPE, SIGHUP, SIGINT, SIGQUIT, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU};
  struct sigaction action = {.sa_handler = SIG_DFL};
  for (size_t i = 0; i < countof(often_ignored); i++) sigaction(often_ignored[i], &action, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  return JS_UNDEFINED;
}

/* --- ends of processes --- */
static void on_exit_fd(Watch *watch, uint32_t events) {
  (void)events;
  int status = 0;
  pid_t pid = (pid_t)(intptr_t)watch->data;
  pid_t got = waitpid(pid, &status, WNOHANG);
  if (got == 0) return;
  JSContext *ctx = engine.ctx;
  /* ECHILD: not our child, or reaped elsewhere; it has ended, how is not known */
  bool known = got == pid;
  JSValue arguments[2] = {
      known && WIFEXITED(status) ? JS_NewInt32(ctx, WEXITSTATUS(status)) : JS_NULL,
      known && WIFSIGNALED(status) ? JS_NewInt32(ctx, WTERMSIG(status)) : JS_NULL,
  };
  watch_remove(watch);
  close(watch->fd);
  call_back(ctx, watch->callback, 2, arguments);
}

/* watchExit(pid, callback(exitCode, signal)): id of the watch */
FUNCTION(watch_exit) {
  UNUSED_ARGUMENTS;
  ARG_INT(pid, 0);
  int fd = syscall(SYS_pidfd_open, pid, 0);
  if (fd < 0) return throw_errno(ctx, errno, "pidfd_open", NULL);
  JSValue callback = JS_DupValue(ctx, argv[1]);
  Watch *watch = watch_add(fd, EPOLLIN, on_exit_fd, callback, (void *)(intptr_t)pid);
  if (watch) return JS_NewInt32(ctx, watch->id);
  int err = errno;
  close(fd);
  JS_FreeValue(ctx, callback);
  return throw_errno(ctx, err, "epoll_ctl", NULL);
}

FUNCTION(unwatch_exit) {
  UNUSED_ARGUMENTS;
  ARG_INT(id, 0);
  Watch *watch = watch_by_id(id);
  if (!watch) return JS_UNDEFINED;
  watch_remove(watch);
  close(watch->fd);
  return JS_UNDEFINED;
}

const JSCFunctionListEntry native_events[] = {
    JS_CFUNC_DEF("watchSignal", 2, watch_signal), JS_CFUNC_DEF("unwatchSignal", 1, unwatch_signal),
    JS_CFUNC_DEF("watchExit", 2, watch_exit),     JS_CFUNC_DEF("unwatchExit", 1, unwatch_exit),
    JS_CFUNC_DEF("resetSignals", 0, reset_signals),
};
const int native_events_count = countof(native_events);
