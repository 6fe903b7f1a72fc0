/*
 * native:spawn: starting programs. vfork(2) instead of fork: the child borrows our memory until execve, so nothing is
 * copied, and the errno of a failed step is simply a variable. The child touches only its own stack and that variable.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine.h"

#define MAX_FDS 64
#define READ_CHUNK_BYTES 65536

typedef struct {
  const char *file, *cwd, *search_path;
  char **argv, **envp;
  int fds[MAX_FDS], fd_count;
  bool detached;
  int64_t uid, gid; /* -1: keep */
  volatile int err;
} SpawnPlan;

static void exec_one(const char *path, SpawnPlan *plan) {
  execve(path, plan->argv, plan->envp);
  if (errno != ENOEXEC) return;
  /* a script without #! is the shell's, as in execvp(3) */
  char *shell[256] = {"sh", (char *)path};
  size_t count = 2;
  for (size_t i = 1; plan->argv[i] && count + 1 < countof(shell); i++) shell[count++] = plan->argv[i];
  execve("/bin/sh", shell, plan->envp);
}

static void exec_search(SpawnPlan *plan) {
  if (strchr(plan->file, '/')) return exec_one(plan->file, plan);
  int err = ENOENT;
  char path[4096];
  for (const char *at = plan->search_path; at;) {
    const char *end = strchrnul(at, ':');
    int length = snprintf(path, sizeof(path), "%.*s/%s", (int)(end - at), at, plan->file);
    if (length < (int)sizeof(path)) exec_one(end == at ? plan->file : path, plan);
    if (errno == EACCES) err = EACCES;
    else if (errno != ENOENT && errno != ENOTDIR) return;
    at = *end ? end + 1 : NULL;
  }
  errno = err;
}

/* Puts descriptor fds[i] at number i; first those that stand in the way of others are moved up. */
static int place_fds(SpawnPlan *plan) {
  for (int i = 0; i < plan->fd_count; i++) {
    if (plan->fds[i] < 0) plan->fds[i] = open("/dev/null", i == 0 ? O_RDONLY : O_RDWR);
    if (plan->fds[i] >= 0 && plan->fds[i] < plan->fd_count && plan->fds[i] != i)
      plan->fds[i] = fcntl(plan->fds[i], F_DUPFD_CLOEXEC, plan->fd_count);
    if (plan->fds[i] < 0) return -1;
  }
  for (int i = 0; i < plan->fd_count; i++) {
    if (plan->fds[i] == i) {
      if (fcntl(i, F_SETFD, 0) < 0) return -1;
    } else if (dup2(plan->fds[i], i) < 0) {
      return -1;
    }
    int flags = fcntl(i, F_GETFL);
    if (i < 3 && flags >= 0 && (flags & O_NONBLOCK)) fcntl(i, F_SETFL, flags & ~O_NONBLOCK);
  }
  return 0;
}

static void default_signals(void) {
  struct sigaction action = {.sa_handler = SIG_DFL};
  for (int i = 1; i <= 31; i++) sigaction(i, &action, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run_child(SpawnPlan *plan) {
  default_signals();
  if (plan->detached) setsid();
  if (plan->cwd && chdir(plan->cwd) < 0) goto failed;
  if (place_fds(plan) < 0) goto failed;
  if (plan->gid >= 0 && (setgroups(0, NULL) < 0 || setgid(plan->gid) < 0)) goto failed;
  if (plan->uid >= 0 && setuid(plan->uid) < 0) goto failed;
  exec_search(plan);
failed:
  plan->err = errno;
  _exit(127);
}

__attribute__((noinline)) static pid_t start(SpawnPlan *plan) {
  /* signals must not run our handlers in the borrowed memory */
  sigset_t all, old;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &old);
  pid_t pid = vfork();
  if (pid == 0) run_child(plan);
  int err = errno;
  sigprocmask(SIG_SETMASK, &old, NULL);
  errno = err;
  return pid;
}

static const char *search_path(char **envp) {
  for (; *envp; envp++)
    if (!strncmp(*envp, "PATH=", 5)) return *envp + 5;
  return "/usr/local/bin:/bin:/usr/bin";
}

static int take_fds(JSContext *ctx, SpawnPlan *plan, JSValueConst array) {
  int64_t count;
  if (array_length(ctx, array, &count)) return -1;
  if (count > MAX_FDS) return JS_ThrowRangeError(ctx, "too many stdio entries"), -1;
  plan->fd_count = count;
  for (int i = 0; i < count; i++) {
    JSValue value = JS_GetPropertyUint32(ctx, array, i);
    if (JS_ToInt32(ctx, &plan->fds[i], value)) return -1;
  }
  return 0;
}

/* spawn(file, argv, envp, cwd, fds, detached, uid, gid): pid. fds: -1 is /dev/null. Throws "spawn FILE". */
FUNCTION(spawn) {
  UNUSED_ARGUMENTS;
  SpawnPlan plan = {0};
  ARG_TEXT(file, 0);
  ARG_TEXT_OR_NULL(cwd, 3);
  ARG_LONG(uid, 6);
  ARG_LONG(gid, 7);
  if (take_fds(ctx, &plan, argv[4]) < 0) return JS_EXCEPTION;
  plan.file = file, plan.cwd = cwd, plan.uid = uid, plan.gid = gid;
  plan.detached = JS_ToBool(ctx, argv[5]);
  plan.argv = string_vector(ctx, argv[1]);
  plan.envp = plan.argv ? string_vector(ctx, argv[2]) : NULL;
  if (!plan.envp) return free(plan.argv), JS_EXCEPTION;
  plan.search_path = search_path(plan.envp);
  pid_t pid = start(&plan);
  int err = pid < 0 ? errno : plan.err;
  free(plan.argv);
  free(plan.envp);
  if (pid > 0 && err) waitpid(pid, NULL, 0);
  if (!err) return JS_NewInt32(ctx, pid);
  char syscall[300];
  snprintf(syscall, sizeof(syscall), "spawn %s", file);
  JSValue error = new_errno(ctx, err, syscall, NULL, NULL);
  char message[400];
  snprintf(message, sizeof(message), "%s %s", syscall, errno_name(err));
  JS_DefinePropertyValueStr(ctx, error, "message", JS_NewString(ctx, message),
                            JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE);
  JS_DefinePropertyValueStr(ctx, error, "path", JS_NewString(ctx, file), JS_PROP_C_W_E);
  return JS_Throw(ctx, error);
}

/* --- collect: feed one descriptor, read two, until the process has ended --- */
typedef struct {
  int fd;
  uint8_t *data;
  size_t size, room;
} Sink;

/* False at end of file or error. */
static bool drain(Sink *sink) {
  if (sink->room - sink->size < READ_CHUNK_BYTES) {
    sink->room = sink->room * 2 + READ_CHUNK_BYTES;
    sink->data = realloc(sink->data, sink->room);
    if (!sink->data) abort();
  }
  ssize_t n = read(sink->fd, sink->data + sink->size, sink->room - sink->size);
  if (n > 0) sink->size += n;
  return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

typedef struct {
  pid_t pid;
  int in;
  const uint8_t *input;
  size_t input_size, input_done, max_bytes;
  Sink sinks[2];
  int64_t deadline_ns;
  int kill_signal;
  bool timed_out, overflowed;
} Collection;

static void feed(Collection *c) {
  ssize_t n = write(c->in, c->input + c->input_done, c->input_size - c->input_done);
  if (n > 0) c->input_done += n;
  if ((n < 0 && errno != EAGAIN && errno != EINTR) || c->input_done == c->input_size) {
    close(c->in);
    c->in = -1;
  }
}

static void collect_turn(Collection *c) {
  int64_t left_ns = c->deadline_ns ? c->deadline_ns - monotonic_ns() : 0;
  if (c->deadline_ns && left_ns <= 0) {
    kill(c->pid, c->kill_signal);
    c->timed_out = true;
    c->deadline_ns = 0;
    return;
  }
  struct pollfd polls[3] = {
      {.fd = c->in, .events = POLLOUT},
      {.fd = c->sinks[0].fd, .events = POLLIN},
      {.fd = c->sinks[1].fd, .events = POLLIN},
  };
  int wait_ms = c->deadline_ns ? (int)((left_ns + 999999) / 1000000) : -1;
  if (poll(polls, 3, wait_ms) <= 0) return;
  if (polls[0].revents) feed(c);
  for (int i = 0; i < 2; i++) {
    Sink *sink = &c->sinks[i];
    if (!polls[i + 1].revents) continue;
    if (!drain(sink)) close(sink->fd), sink->fd = -1;
    if (sink->size <= c->max_bytes) continue;
    sink->size = c->max_bytes;
    if (!c->overflowed) kill(c->pid, c->kill_signal);
    c->overflowed = true;
  }
}

/* Without pipes left: wait for the end itself, until the deadline. */
static int await_end(Collection *c) {
  int status = 0;
  if (c->deadline_ns) {
    sigset_t child, old;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &old);
    while (waitpid(c->pid, &status, WNOHANG) == 0) {
      int64_t left_ns = c->deadline_ns - monotonic_ns();
      struct timespec left = {left_ns / 1000000000, left_ns % 1000000000};
      if (left_ns > 0 && (sigtimedwait(&child, NULL, &left) >= 0 || errno != EAGAIN)) continue;
      kill(c->pid, c->kill_signal);
      c->timed_out = true;
      waitpid(c->pid, &status, 0);
      break;
    }
    sigprocmask(SIG_SETMASK, &old, NULL);
    return status;
  }
  while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR);
  return status;
}

/* collect(pid, in, input, out, err, timeoutMs, killSignal, maxBytes): [status, signal, stdout, stderr, timedOut, overflowed] */
FUNCTION(collect) {
  UNUSED_ARGUMENTS;
  ARG_INT(pid, 0);
  ARG_INT(in, 1);
  Collection c = {.pid = pid, .in = in};
  c.input = bytes_argument(ctx, argv[2], &c.input_size);
  if (!c.input) return JS_EXCEPTION;
  ARG_INT(out, 3);
  ARG_INT(err, 4);
  ARG_DOUBLE(timeout_ms, 5);
  ARG_INT(kill_signal, 6);
  ARG_DOUBLE(max_bytes, 7);
  c.sinks[0].fd = out, c.sinks[1].fd = err, c.kill_signal = kill_signal;
  c.max_bytes = max_bytes < 0x7fffffff ? (size_t)max_bytes : 0x7fffffff;
  if (timeout_ms > 0) c.deadline_ns = monotonic_ns() + (int64_t)(timeout_ms * 1e6);
  if (c.in >= 0) fcntl(c.in, F_SETFL, O_NONBLOCK);
  while (c.in >= 0 || c.sinks[0].fd >= 0 || c.sinks[1].fd >= 0) collect_turn(&c);
  int status = await_end(&c);
  JSValue result = JS_NewArray(ctx);
  JS_SetPropertyUint32(ctx, result, 0, WIFEXITED(status) ? JS_NewInt32(ctx, WEXITSTATUS(status)) : JS_NULL);
  JS_SetPropertyUint32(ctx, result, 1, WIFSIGNALED(status) ? JS_NewInt32(ctx, WTERMSIG(status)) : JS_NULL);
  for (int i = 0; i < 2; i++) {
    JS_SetPropertyUint32(ctx, result, 2 + i, new_bytes(ctx, c.sinks[i].data, c.sinks[i].size));
    free(c.sinks[i].data);
  }
  JS_SetPropertyUint32(ctx, result, 4, JS_NewBool(ctx, c.timed_out));
  JS_SetPropertyUint32(ctx, result, 5, JS_NewBool(ctx, c.overflowed));
  return result;
}

const JSCFunctionListEntry native_spawn[] = {
    JS_CFUNC_DEF("spawn", 8, spawn),
    JS_CFUNC_DEF("collect", 8, collect),
};
const int native_spawn_count = countof(native_spawn);
