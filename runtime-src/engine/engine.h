/*
 * What the parts of the engine share: one process, one thread, one QuickJS context.
 *
 * error.c   errno -> JS Error, and the last words of an uncaught one
 * loop.c    epoll: descriptors, timers, immediates; events.c signals and child exits on top of it
 * modules.c native:*, embedded bytecode, files
 * mod_*.c   one native module per subject; the contract with TypeScript is native.d.ts
 */
#ifndef ENGINE_H
#define ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include "quickjs.h"

#define countof(x) (sizeof(x) / sizeof((x)[0]))

typedef struct {
  JSRuntime *rt;
  JSContext *ctx;
  int argc;
  char **argv;
  const char *program; /* argv[0] as it was at the start */
} Engine;

extern Engine engine;

/* JS_UNDEFINED for static variables, where a compound literal is no constant. */
#ifdef JS_NAN_BOXING
#define STATIC_UNDEFINED JS_UNDEFINED
#else
#define STATIC_UNDEFINED {.u = {.int32 = 0}, .tag = JS_TAG_UNDEFINED}
#endif

/* --- error.c --- */
JSValue throw_errno(JSContext *ctx, int err, const char *syscall, const char *path);
JSValue throw_errno2(JSContext *ctx, int err, const char *syscall, const char *path, const char *dest);
JSValue throw_code(JSContext *ctx, const char *code, const char *message);
JSValue new_errno(JSContext *ctx, int err, const char *syscall, const char *path, const char *dest);
const char *errno_name(int err);
const char *errno_text(int err);
/* Hands the pending exception to the fatal hook, or prints it, and exits. Never returns unless the hook says so. */
void fatal_exception(JSContext *ctx);
void set_fatal_hook(JSContext *ctx, JSValueConst hook);
void track_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, JS_BOOL handled, void *opaque);
void report_rejections(JSContext *ctx);
void forget_rejections(void);

/* The one path for a call that answers -1 and errno. */
static inline JSValue result_of(JSContext *ctx, long r, const char *syscall, const char *path) {
  extern int *__errno_location(void);
  return r < 0 ? throw_errno(ctx, *__errno_location(), syscall, path) : JS_NewInt32(ctx, (int32_t)r);
}
static inline JSValue done_or_throw(JSContext *ctx, long r, const char *syscall, const char *path) {
  extern int *__errno_location(void);
  return r < 0 ? throw_errno(ctx, *__errno_location(), syscall, path) : JS_UNDEFINED;
}

/* --- allocator.c --- */
JSRuntime *new_runtime(void);
/* Before anything is allocated, in a process that will be forked often. */
void allocator_expect_forks(void);
/* In a forked worker, before it allocates: its memory from now on is its own pages. */
void allocator_start_fresh(void);

/* --- quickjs_unit.c and what it includes --- */
/* Before a process forks workers, once: nothing that is there by now is freed any more. */
void share_heap(JSContext *ctx);
void add_intrinsic_json(JSContext *ctx);
void add_plain_concat(JSContext *ctx);
JSValue keep_text(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv);
const uint8_t *take_kept_text(size_t *size);

/* --- arguments --- */
typedef struct {
  JSContext *ctx;
  const char *text;
} CString;

static inline void cstring_free(CString *s) {
  if (s->text) JS_FreeCString(s->ctx, s->text);
}
/* A C string without NUL inside; throws ERR_INVALID_ARG_VALUE otherwise. */
const char *text_argument(JSContext *ctx, JSValueConst value);

#define ARG_INT(name, i)    \
  int32_t name;             \
  if (JS_ToInt32(ctx, &name, argv[i])) return JS_EXCEPTION
#define ARG_LONG(name, i)   \
  int64_t name;             \
  if (JS_ToInt64Ext(ctx, &name, argv[i])) return JS_EXCEPTION
#define ARG_DOUBLE(name, i) \
  double name;              \
  if (JS_ToFloat64(ctx, &name, argv[i])) return JS_EXCEPTION
#define ARG_TEXT(name, i)                                                                          \
  __attribute__((cleanup(cstring_free))) CString name##_owned = {ctx, text_argument(ctx, argv[i])}; \
  const char *name = name##_owned.text;                                                            \
  if (!name) return JS_EXCEPTION
/* null and undefined give a null pointer. */
#define ARG_TEXT_OR_NULL(name, i)                                                            \
  bool name##_given = !JS_IsNull(argv[i]) && !JS_IsUndefined(argv[i]);                       \
  __attribute__((cleanup(cstring_free))) CString name##_owned = {                            \
      ctx, name##_given ? text_argument(ctx, argv[i]) : NULL};                               \
  const char *name = name##_owned.text;                                                      \
  if (name##_given && !name) return JS_EXCEPTION

/* The bytes of a Uint8Array or ArrayBuffer; throws TypeError and returns NULL for anything else. */
uint8_t *bytes_argument(JSContext *ctx, JSValueConst value, size_t *size);
JSValue new_bytes(JSContext *ctx, const void *data, size_t size);
/* UTF-8 to a string; what is not UTF-8 becomes U+FFFD, as WHATWG's decoder does. */
JSValue new_text(JSContext *ctx, const char *data, size_t size);

/* NULL-terminated vector from an array of strings, in one allocation; free() it. */
char **string_vector(JSContext *ctx, JSValueConst array);

int array_length(JSContext *ctx, JSValueConst array, int64_t *length);

#define FUNCTION(name) static JSValue name(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv)
#define UNUSED_ARGUMENTS (void)this_val, (void)argc, (void)argv

/* --- loop.c --- */
typedef struct Watch Watch;
typedef void WatchEvent(Watch *watch, uint32_t events);
struct Watch {
  int id;
  int fd;
  uint32_t events;
  bool ref; /* keeps the loop alive */
  bool dead;
  WatchEvent *on_event;
  JSValue callback;
  void *data;
  Watch *next;
};

Watch *watch_add(int fd, uint32_t events, WatchEvent *on_event, JSValue callback, void *data);
void watch_remove(Watch *watch);
Watch *watch_by_id(int id);
/* Calls a JS function, with uncaught errors going the fatal way, then runs ticks and jobs. */
void call_back(JSContext *ctx, JSValueConst callback, int argc, JSValueConst *argv);
void run_jobs(JSContext *ctx);
/* Returns when nothing keeps it alive. */
void loop_run(JSContext *ctx);
/* In a forked child: a new, empty loop. Nothing of the parent's is called again. */
void loop_reset(void);
int64_t monotonic_ns(void);

/* --- mod_fd.c --- */
#define FIRST_SPARE_FD 3
/* Closes every descriptor from FIRST_SPARE_FD on but those. */
void close_all_but(int *keep, size_t count);
/* At least that many bytes, until the next call. NULL when there is no memory. */
uint8_t *scratch(size_t size);

/* --- protect.c --- */
/* Makes this program file unwritable through /proc/PID/exe, by running it again from a read-only mount of its own. */
void protect_program(int argc, char **argv, char **envp);

/* --- events.c --- */
void signals_reset(void);

/* --- quickjs_unit.c --- */
void drop_jobs(JSRuntime *rt);
JSValue new_ascii(JSContext *ctx, const char *text, size_t size);

/* --- start.c --- */
void fill_standard_descriptors(void);
const char *base_name(const char *path);
/* The runtime exists, the context does not yet. */
void start_runtime(int argc, char **argv);
/* Takes the context, runs the embedded module and the loop; ends the process with the code that this returns. */
int run_program(JSContext *ctx, const char *module);

/* --- modules.c --- */
typedef struct {
  const char *name;
  const uint8_t *start;
  const uint8_t *end;
} EmbeddedModule;
/* In the binary; written by the build (runtime-src/build-program.ts). */
extern const EmbeddedModule embedded_modules[];
extern const unsigned embedded_module_count;
void modules_init(JSRuntime *rt);

/* --- rare_modules.c --- */
/* The same for the file that a program has beside it; its count is 0 until the file is needed, and where there is none. */
typedef struct {
  const EmbeddedModule *modules;
  unsigned count;
} ModuleTable;
/* NULL, with an exception, when the file is there but does not belong to this binary. */
const ModuleTable *rare_modules(JSContext *ctx);
/* Ties binary and file together. */
extern const char embedded_build_id[];
/* Loads, links and starts the embedded module; its promise is dropped, a failure is fatal. */
void run_embedded(JSContext *ctx, const char *name);

#define NATIVE_MODULE(subject) \
  extern const JSCFunctionListEntry native_##subject[]; \
  extern const int native_##subject##_count
NATIVE_MODULE(engine);
NATIVE_MODULE(loop);
NATIVE_MODULE(text);
NATIVE_MODULE(fs);
NATIVE_MODULE(process);
NATIVE_MODULE(spawn);
NATIVE_MODULE(events);
NATIVE_MODULE(fd);
NATIVE_MODULE(linux);
NATIVE_MODULE(mount);
NATIVE_MODULE(tty);
NATIVE_MODULE(net);
NATIVE_MODULE(resident);

/* --- client.c --- */
/* Runs the command in the resident; -1 when there is none and the caller must run it itself. */
int client_run(int argc, char **argv, char **envp);

#endif
