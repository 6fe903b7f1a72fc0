/*
 * native:process: what this process is (arguments, environment, ids, folder) and what machine it runs on, for
 * node/process.ts and node/os.ts. exit is _exit(2): output is written when it is asked for, so nothing waits for a flush.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "engine.h"
#include "fork.h"

static JSValue string_array(JSContext *ctx, char **vector) {
  JSValue array = JS_NewArray(ctx);
  for (uint32_t i = 0; vector && vector[i]; i++)
    JS_SetPropertyUint32(ctx, array, i, new_text(ctx, vector[i], strlen(vector[i])));
  return array;
}

FUNCTION(process_argv) {
  UNUSED_ARGUMENTS;
  return string_array(ctx, engine.argv);
}

FUNCTION(process_environ) {
  UNUSED_ARGUMENTS;
  JSValue object = JS_NewObject(ctx);
  for (char **entry = environ; *entry; entry++) {
    const char *equals = strchr(*entry, '=');
    if (!equals || equals == *entry) continue;
    JSValue value = new_text(ctx, equals + 1, strlen(equals + 1));
    JSAtom name = JS_NewAtomLen(ctx, *entry, equals - *entry);
    JS_DefinePropertyValue(ctx, object, name, value, JS_PROP_C_W_E);
    JS_FreeAtom(ctx, name);
  }
  return object;
}

FUNCTION(process_cwd) {
  UNUSED_ARGUMENTS;
  char path[4096];
  if (!getcwd(path, sizeof(path))) return throw_errno(ctx, errno, "uv_cwd", NULL);
  return new_text(ctx, path, strlen(path));
}

FUNCTION(process_chdir) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  return done_or_throw(ctx, chdir(path), "chdir", path);
}

FUNCTION(process_umask) {
  UNUSED_ARGUMENTS;
  if (!JS_IsUndefined(argv[0])) {
    ARG_INT(mask, 0);
    return JS_NewInt32(ctx, umask(mask & 0777));
  }
  mode_t mask = umask(0);
  umask(mask);
  return JS_NewInt32(ctx, mask);
}

FUNCTION(process_exit) {
  UNUSED_ARGUMENTS;
  ARG_INT(code, 0);
  resident_end_client(code & 255);
  _exit(code & 255);
}

FUNCTION(process_abort) {
  UNUSED_ARGUMENTS;
  (void)ctx;
  abort();
}

FUNCTION(process_kill) {
  UNUSED_ARGUMENTS;
  ARG_INT(pid, 0);
  ARG_INT(signal_number, 1);
  return done_or_throw(ctx, kill(pid, signal_number), "kill", NULL);
}

enum { PID, PPID, UID, EUID, GID, EGID };

static JSValue process_id(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv, int magic) {
  UNUSED_ARGUMENTS;
  switch (magic) {
    case PID: return JS_NewInt32(ctx, getpid());
    case PPID: return JS_NewInt32(ctx, getppid());
    case UID: return JS_NewUint32(ctx, getuid());
    case EUID: return JS_NewUint32(ctx, geteuid());
    case GID: return JS_NewUint32(ctx, getgid());
    default: return JS_NewUint32(ctx, getegid());
  }
}

FUNCTION(process_groups) {
  UNUSED_ARGUMENTS;
  gid_t groups[1024];
  int count = getgroups(countof(groups), groups);
  if (count < 0) return throw_errno(ctx, errno, "getgroups", NULL);
  JSValue array = JS_NewArray(ctx);
  for (int i = 0; i < count; i++) JS_SetPropertyUint32(ctx, array, i, JS_NewUint32(ctx, groups[i]));
  return array;
}

/* [sysname, nodename, release, version, machine] */
FUNCTION(process_uname) {
  UNUSED_ARGUMENTS;
  struct utsname name;
  if (uname(&name) < 0) return throw_errno(ctx, errno, "uname", NULL);
  char *fields[] = {name.sysname, name.nodename, name.release, name.version, name.machine, NULL};
  return string_array(ctx, fields);
}

static JSValue number_array(JSContext *ctx, const double *numbers, size_t count) {
  JSValue array = JS_NewArray(ctx);
  for (size_t i = 0; i < count; i++) JS_SetPropertyUint32(ctx, array, i, JS_NewFloat64(ctx, numbers[i]));
  return array;
}

/* [uptime s, load 1, load 5, load 15, total bytes, free bytes] */
FUNCTION(process_sysinfo) {
  UNUSED_ARGUMENTS;
  struct sysinfo info;
  if (sysinfo(&info) < 0) return throw_errno(ctx, errno, "sysinfo", NULL);
  double scale = 1 << SI_LOAD_SHIFT;
  double numbers[] = {
      info.uptime,
      info.loads[0] / scale,
      info.loads[1] / scale,
      info.loads[2] / scale,
      (double)info.totalram * info.mem_unit,
      (double)info.freeram * info.mem_unit,
  };
  return number_array(ctx, numbers, countof(numbers));
}

/* [user us, system us, maxrss KiB] of this process */
FUNCTION(process_rusage) {
  UNUSED_ARGUMENTS;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double numbers[] = {
      usage.ru_utime.tv_sec * 1e6 + usage.ru_utime.tv_usec,
      usage.ru_stime.tv_sec * 1e6 + usage.ru_stime.tv_usec,
      usage.ru_maxrss,
  };
  return number_array(ctx, numbers, countof(numbers));
}

/* readlink of /proc/self/exe, else argv[0] where /proc is not mounted. */
FUNCTION(process_exec_path) {
  UNUSED_ARGUMENTS;
  char path[4096];
  ssize_t n = readlink("/proc/self/exe", path, sizeof(path));
  if (n >= 0) return new_text(ctx, path, n);
  return JS_NewString(ctx, engine.argv[0] ? engine.argv[0] : "");
}

#ifdef __x86_64__
#define ARCH "x64"
#else
#define ARCH "ia32"
#endif

const JSCFunctionListEntry native_process[] = {
    JS_PROP_STRING_DEF("arch", ARCH, JS_PROP_C_W_E),
    JS_CFUNC_DEF("argv", 0, process_argv),
    JS_CFUNC_DEF("environ", 0, process_environ),
    JS_CFUNC_DEF("cwd", 0, process_cwd),
    JS_CFUNC_DEF("chdir", 1, process_chdir),
    JS_CFUNC_DEF("umask", 1, process_umask),
    JS_CFUNC_DEF("exit", 1, process_exit),
    JS_CFUNC_DEF("abort", 0, process_abort),
    JS_CFUNC_DEF("kill", 2, process_kill),
    JS_CFUNC_MAGIC_DEF("pid", 0, process_id, PID),
    JS_CFUNC_MAGIC_DEF("ppid", 0, process_id, PPID),
    JS_CFUNC_MAGIC_DEF("uid", 0, process_id, UID),
    JS_CFUNC_MAGIC_DEF("euid", 0, process_id, EUID),
    JS_CFUNC_MAGIC_DEF("gid", 0, process_id, GID),
    JS_CFUNC_MAGIC_DEF("egid", 0, process_id, EGID),
    JS_CFUNC_DEF("groups", 0, process_groups),
    JS_CFUNC_DEF("uname", 0, process_uname),
    JS_CFUNC_DEF("sysinfo", 0, process_sysinfo),
    JS_CFUNC_DEF("rusage", 0, process_rusage),
    JS_CFUNC_DEF("execPath", 0, process_exec_path),
};
const int native_process_count = countof(native_process);
