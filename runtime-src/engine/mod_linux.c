/*
 * native:linux: processes and their credentials: clone3(2), fork(2), unshare(2), setns(2), execve(2), waitpid(2),
 * capset(2), seccomp(2), prlimit(2), bpf(2) and their like. What fails throws with the syscall's man-page name.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine.h"
#include "fork.h"

static JSValue int_array(JSContext *ctx, const int *numbers, size_t count) {
  JSValue array = JS_NewArray(ctx);
  for (size_t i = 0; i < count; i++) JS_SetPropertyUint32(ctx, array, i, JS_NewInt32(ctx, numbers[i]));
  return array;
}

void run_forked_child(JSContext *ctx, JSValueConst child, bool stay) {
  resident_forget_client();
  loop_reset();
  JSValue result = JS_Call(ctx, child, JS_UNDEFINED, 0, NULL);
  if (JS_IsException(result)) {
    print_exception(ctx);
    _exit(255);
  }
  if (JS_IsNumber(result) || !stay) {
    int32_t code = 0;
    JS_ToInt32(ctx, &code, result);
    _exit(code);
  }
  loop_run(ctx);
  _exit(0);
}

/* clone3(flags, cgroupFd or -1, child): [pid, pidfd] */
FUNCTION(linux_clone3) {
  UNUSED_ARGUMENTS;
  ARG_LONG(flags, 0);
  ARG_INT(cgroup_fd, 1);
  int pidfd = -1;
  struct clone_args args = {
      .flags = (uint64_t)flags | CLONE_PIDFD,
      .pidfd = (uintptr_t)&pidfd,
      .exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD, /* with CLONE_PARENT it is inherited */
  };
  if (cgroup_fd >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = cgroup_fd;
  }
  long pid = syscall(SYS_clone3, &args, sizeof(args));
  if (pid < 0) return throw_errno(ctx, errno, "clone3", NULL);
  if (pid == 0) run_forked_child(ctx, argv[2], false);
  return int_array(ctx, (int[]){(int)pid, pidfd}, 2);
}

/* fork(child, stay): pid */
FUNCTION(linux_fork) {
  UNUSED_ARGUMENTS;
  pid_t pid = fork();
  if (pid == 0) run_forked_child(ctx, argv[0], JS_ToBool(ctx, argv[1]));
  return result_of(ctx, pid, "fork", NULL);
}

FUNCTION(linux_execve) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  char **args = string_vector(ctx, argv[1]);
  char **envp = args ? string_vector(ctx, argv[2]) : NULL;
  if (!envp) return free(args), JS_EXCEPTION;
  signal(SIGPIPE, SIG_DFL); /* ignored is inherited; the engine's choice is not the program's */
  execve(path, args, envp);
  int err = errno;
  signal(SIGPIPE, SIG_IGN);
  free(args);
  free(envp);
  return throw_errno(ctx, err, "execve", path);
}

/* waitpid(pid, block): [pid, exitCode or null, signal or null], or null when nothing has changed */
FUNCTION(linux_waitpid) {
  UNUSED_ARGUMENTS;
  ARG_INT(pid, 0);
  int status;
  pid_t got;
  do got = waitpid(pid, &status, JS_ToBool(ctx, argv[1]) ? 0 : WNOHANG);
  while (got < 0 && errno == EINTR);
  if (got < 0) return throw_errno(ctx, errno, "waitpid", NULL);
  if (got == 0) return JS_NULL;
  JSValue result = int_array(ctx, &got, 1);
  JS_SetPropertyUint32(ctx, result, 1, WIFEXITED(status) ? JS_NewInt32(ctx, WEXITSTATUS(status)) : JS_NULL);
  JS_SetPropertyUint32(ctx, result, 2, WIFSIGNALED(status) ? JS_NewInt32(ctx, WTERMSIG(status)) : JS_NULL);
  return result;
}

FUNCTION(linux_pidfd_open) {
  UNUSED_ARGUMENTS;
  ARG_INT(pid, 0);
  return result_of(ctx, syscall(SYS_pidfd_open, pid, 0), "pidfd_open", NULL);
}

FUNCTION(linux_pidfd_send_signal) {
  UNUSED_ARGUMENTS;
  ARG_INT(pidfd, 0);
  ARG_INT(signal_number, 1);
  return done_or_throw(ctx, syscall(SYS_pidfd_send_signal, pidfd, signal_number, NULL, 0), "pidfd_send_signal", NULL);
}

FUNCTION(linux_prctl) {
  UNUSED_ARGUMENTS;
  ARG_INT(option, 0);
  unsigned long args[4] = {0};
  for (int i = 0; i < 4; i++) {
    int64_t value;
    if (JS_IsUndefined(argv[i + 1])) continue;
    if (JS_ToInt64Ext(ctx, &value, argv[i + 1])) return JS_EXCEPTION;
    args[i] = (unsigned long)value;
  }
  return result_of(ctx, prctl(option, args[0], args[1], args[2], args[3]), "prctl", NULL);
}

/* Calls on up to three numbers. */
enum { UNSHARE, SETNS, SETSID, SETPGID, SETRESUID, SETRESGID, PERSONALITY, SYNC };

static JSValue on_numbers(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv, int magic) {
  (void)this_val, (void)argc;
  int64_t n[3] = {0};
  for (int i = 0; i < 3; i++)
    if (!JS_IsUndefined(argv[i]) && JS_ToInt64Ext(ctx, &n[i], argv[i])) return JS_EXCEPTION;
  switch (magic) {
    case UNSHARE: return done_or_throw(ctx, unshare((int)n[0]), "unshare", NULL);
    case SETNS: return done_or_throw(ctx, setns((int)n[0], (int)n[1]), "setns", NULL);
    case SETSID: return result_of(ctx, setsid(), "setsid", NULL);
    case SETPGID: return done_or_throw(ctx, setpgid(n[0], n[1]), "setpgid", NULL);
    case SETRESUID: return done_or_throw(ctx, setresuid(n[0], n[1], n[2]), "setresuid", NULL);
    case SETRESGID: return done_or_throw(ctx, setresgid(n[0], n[1], n[2]), "setresgid", NULL);
    case PERSONALITY: return result_of(ctx, personality((unsigned long)n[0]), "personality", NULL);
    default: sync(); return JS_UNDEFINED;
  }
}

FUNCTION(linux_setgroups) {
  UNUSED_ARGUMENTS;
  int64_t count;
  if (array_length(ctx, argv[0], &count)) return JS_EXCEPTION;
  gid_t groups[256];
  if (count > (int64_t)countof(groups)) return throw_errno(ctx, EINVAL, "setgroups", NULL);
  for (int i = 0; i < count; i++) {
    int64_t gid;
    JSValue value = JS_GetPropertyUint32(ctx, argv[0], i);
    if (JS_ToInt64(ctx, &gid, value)) return JS_EXCEPTION;
    groups[i] = gid;
  }
  return done_or_throw(ctx, setgroups(count, groups), "setgroups", NULL);
}

static int mask_argument(JSContext *ctx, JSValueConst value, uint64_t *mask) {
  return JS_ToInt64Ext(ctx, (int64_t *)mask, value);
}

/* capset(effective, permitted, inheritable) */
FUNCTION(linux_capset) {
  UNUSED_ARGUMENTS;
  uint64_t effective, permitted, inheritable;
  if (mask_argument(ctx, argv[0], &effective) || mask_argument(ctx, argv[1], &permitted) ||
      mask_argument(ctx, argv[2], &inheritable))
    return JS_EXCEPTION;
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {
      {(uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable},
      {effective >> 32, permitted >> 32, inheritable >> 32},
  };
  return done_or_throw(ctx, syscall(SYS_capset, &header, data), "capset", NULL);
}

/* capget(): [effective, permitted, inheritable] */
FUNCTION(linux_capget) {
  UNUSED_ARGUMENTS;
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  if (syscall(SYS_capget, &header, data) < 0) return throw_errno(ctx, errno, "capget", NULL);
  uint64_t sets[3] = {
      (uint64_t)data[1].effective << 32 | data[0].effective,
      (uint64_t)data[1].permitted << 32 | data[0].permitted,
      (uint64_t)data[1].inheritable << 32 | data[0].inheritable,
  };
  JSValue result = JS_NewArray(ctx);
  for (int i = 0; i < 3; i++) JS_SetPropertyUint32(ctx, result, i, JS_NewBigUint64(ctx, sets[i]));
  return result;
}

FUNCTION(linux_seccomp_filter) {
  UNUSED_ARGUMENTS;
  size_t size;
  uint8_t *program = bytes_argument(ctx, argv[0], &size);
  if (!program) return JS_EXCEPTION;
  ARG_INT(flags, 1);
  if (size % sizeof(struct sock_filter)) return throw_errno(ctx, EINVAL, "seccomp", NULL);
  struct sock_fprog prog = {.len = size / sizeof(struct sock_filter), .filter = (struct sock_filter *)program};
  return done_or_throw(ctx, syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog), "seccomp", NULL);
}

/* prlimit(pid, resource, soft, hard); bigint, 2^64-1 is RLIM_INFINITY */
FUNCTION(linux_prlimit) {
  UNUSED_ARGUMENTS;
  ARG_INT(pid, 0);
  ARG_INT(resource, 1);
  ARG_LONG(soft, 2);
  ARG_LONG(hard, 3);
  struct rlimit64 limit = {.rlim_cur = soft, .rlim_max = hard};
  return done_or_throw(ctx, prlimit64(pid, resource, &limit, NULL), "prlimit", NULL);
}

FUNCTION(linux_sethostname) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(name, 0);
  return done_or_throw(ctx, sethostname(name, strlen(name)), "sethostname", NULL);
}

FUNCTION(linux_setdomainname) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(name, 0);
  return done_or_throw(ctx, setdomainname(name, strlen(name)), "setdomainname", NULL);
}

FUNCTION(linux_set_clock) {
  UNUSED_ARGUMENTS;
  ARG_DOUBLE(epoch_ms, 0);
  struct timespec time = {(time_t)(epoch_ms / 1000), (long)((int64_t)epoch_ms % 1000) * 1000000};
  return done_or_throw(ctx, clock_settime(CLOCK_REALTIME, &time), "clock_settime", NULL);
}

/* Credited in full, so that the generator does not wait for more before it is seeded anew. */
FUNCTION(linux_add_entropy) {
  UNUSED_ARGUMENTS;
  struct {
    struct rand_pool_info head;
    uint8_t bytes[64];
  } pool = {0};
  size_t size;
  const uint8_t *bytes = bytes_argument(ctx, argv[0], &size);
  if (!bytes) return JS_EXCEPTION;
  if (size > sizeof(pool.bytes)) return throw_errno(ctx, EINVAL, "RNDADDENTROPY", NULL);
  pool.head.entropy_count = (int)size * 8;
  pool.head.buf_size = (int)size;
  memcpy(pool.head.buf, bytes, size);
  int fd = open("/dev/urandom", O_RDWR | O_CLOEXEC);
  if (fd < 0) return throw_errno(ctx, errno, "open", "/dev/urandom");
  int failed = ioctl(fd, RNDADDENTROPY, &pool) < 0 || ioctl(fd, RNDRESEEDCRNG) < 0;
  int err = errno;
  close(fd);
  return failed ? throw_errno(ctx, err, "ioctl", "/dev/urandom") : JS_UNDEFINED;
}

FUNCTION(linux_boot_time_ms) {
  UNUSED_ARGUMENTS;
  struct timespec time;
  clock_gettime(CLOCK_BOOTTIME, &time);
  return JS_NewFloat64(ctx, time.tv_sec * 1e3 + time.tv_nsec / 1e6);
}

/* sleep(ms): blocks; for the few places that must wait for the kernel without an event to wait for */
FUNCTION(linux_sleep) {
  UNUSED_ARGUMENTS;
  ARG_INT(ms, 0);
  struct timespec time = {ms / 1000, (ms % 1000) * 1000000L};
  nanosleep(&time, NULL);
  return JS_UNDEFINED;
}

/* bpf(command, attr, offsets, buffers): puts the address of buffers[i] at attr[offsets[i]], 64 bits each */
FUNCTION(linux_bpf) {
  UNUSED_ARGUMENTS;
  ARG_INT(command, 0);
  size_t size;
  uint8_t *attr = bytes_argument(ctx, argv[1], &size);
  int64_t count;
  if (!attr || array_length(ctx, argv[2], &count)) return JS_EXCEPTION;
  for (uint32_t i = 0; i < count; i++) {
    JSValue where = JS_GetPropertyUint32(ctx, argv[2], i), buffer = JS_GetPropertyUint32(ctx, argv[3], i);
    int32_t offset;
    size_t buffer_size;
    uint8_t *data = bytes_argument(ctx, buffer, &buffer_size);
    JS_FreeValue(ctx, buffer); /* the array holds it still */
    if (!data || JS_ToInt32(ctx, &offset, where)) return JS_EXCEPTION;
    if (offset < 0 || offset + sizeof(uint64_t) > size) return JS_ThrowRangeError(ctx, "bpf: pointer outside of attr");
    uint64_t address = (uintptr_t)data;
    memcpy(attr + offset, &address, sizeof(address));
  }
  return result_of(ctx, syscall(SYS_bpf, command, attr, size), "bpf", NULL);
}

const JSCFunctionListEntry native_linux[] = {
    JS_CFUNC_DEF("clone3", 3, linux_clone3),
    JS_CFUNC_DEF("fork", 2, linux_fork),
    JS_CFUNC_DEF("execve", 3, linux_execve),
    JS_CFUNC_DEF("waitpid", 2, linux_waitpid),
    JS_CFUNC_DEF("pidfdOpen", 1, linux_pidfd_open),
    JS_CFUNC_DEF("pidfdSendSignal", 2, linux_pidfd_send_signal),
    JS_CFUNC_DEF("prctl", 5, linux_prctl),
    JS_CFUNC_MAGIC_DEF("unshare", 3, on_numbers, UNSHARE),
    JS_CFUNC_MAGIC_DEF("setns", 3, on_numbers, SETNS),
    JS_CFUNC_MAGIC_DEF("setsid", 3, on_numbers, SETSID),
    JS_CFUNC_MAGIC_DEF("setpgid", 3, on_numbers, SETPGID),
    JS_CFUNC_MAGIC_DEF("setresuid", 3, on_numbers, SETRESUID),
    JS_CFUNC_MAGIC_DEF("setresgid", 3, on_numbers, SETRESGID),
    JS_CFUNC_MAGIC_DEF("personality", 3, on_numbers, PERSONALITY),
    JS_CFUNC_MAGIC_DEF("sync", 3, on_numbers, SYNC),
    JS_CFUNC_DEF("setgroups", 1, linux_setgroups),
    JS_CFUNC_DEF("capset", 3, linux_capset),
    JS_CFUNC_DEF("capget", 0, linux_capget),
    JS_CFUNC_DEF("seccompFilter", 2, linux_seccomp_filter),
    JS_CFUNC_DEF("prlimit", 4, linux_prlimit),
    JS_CFUNC_DEF("sethostname", 1, linux_sethostname),
    JS_CFUNC_DEF("setdomainname", 1, linux_setdomainname),
    JS_CFUNC_DEF("setClock", 1, linux_set_clock),
    JS_CFUNC_DEF("addEntropy", 1, linux_add_entropy),
    JS_CFUNC_DEF("bootTimeMs", 0, linux_boot_time_ms),
    JS_CFUNC_DEF("sleep", 1, linux_sleep),
    JS_CFUNC_DEF("bpf", 4, linux_bpf),
};
const int native_linux_count = countof(native_linux);
