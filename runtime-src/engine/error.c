/*
 * The one path from errno to a JS Error, shaped as Node's system errors: message "ENOENT: no such file or directory,
 * open '/x'", with code, errno (negative), syscall, path and dest. Names from errno(3), texts as libuv words them.
 * Also the last words: an exception that nobody caught, a rejection that nobody handled.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine.h"
#include "fork.h"

typedef struct {
  int err;
  const char *name;
  const char *text;
} ErrnoEntry;

static const ErrnoEntry errno_table[] = {
#define E(name, text) {name, #name, text}
    E(E2BIG, "argument list too long"),
    E(EACCES, "permission denied"),
    E(EADDRINUSE, "address already in use"),
    E(EADDRNOTAVAIL, "address not available"),
    E(EAFNOSUPPORT, "address family not supported"),
    E(EAGAIN, "resource temporarily unavailable"),
    E(EALREADY, "connection already in progress"),
    E(EBADF, "bad file descriptor"),
    E(EBUSY, "resource busy or locked"),
    E(ECANCELED, "operation canceled"),
    E(ECHILD, "no child processes"),
    E(ECONNABORTED, "software caused connection abort"),
    E(ECONNREFUSED, "connection refused"),
    E(ECONNRESET, "connection reset by peer"),
    E(EDQUOT, "disk quota exceeded"),
    E(EDESTADDRREQ, "destination address required"),
    E(EDOM, "numerical argument out of domain"),
    E(EEXIST, "file already exists"),
    E(EFAULT, "bad address in system call argument"),
    E(EFBIG, "file too large"),
    E(EHOSTUNREACH, "host is unreachable"),
    E(EINTR, "interrupted system call"),
    E(EINVAL, "invalid argument"),
    E(EIO, "i/o error"),
    E(EISCONN, "socket is already connected"),
    E(EISDIR, "illegal operation on a directory"),
    E(ELOOP, "too many symbolic links encountered"),
    E(EMFILE, "too many open files"),
    E(EMLINK, "too many links"),
    E(EMSGSIZE, "message too long"),
    E(ENAMETOOLONG, "name too long"),
    E(ENETDOWN, "network is down"),
    E(ENETUNREACH, "network is unreachable"),
    E(ENFILE, "file table overflow"),
    E(ENOBUFS, "no buffer space available"),
    E(ENODATA, "no data available"),
    E(ENODEV, "no such device"),
    E(ENOENT, "no such file or directory"),
    E(ENOEXEC, "exec format error"),
    E(ENOMEM, "not enough memory"),
    E(ENOSPC, "no space left on device"),
    E(ENOSYS, "function not implemented"),
    E(ENOTCONN, "socket is not connected"),
    E(ENOTDIR, "not a directory"),
    E(ENOTEMPTY, "directory not empty"),
    E(ENOTSOCK, "socket operation on non-socket"),
    E(ENOTSUP, "operation not supported on socket"),
    E(ENOTTY, "inappropriate ioctl for device"),
    E(ENXIO, "no such device or address"),
    E(EOVERFLOW, "value too large for defined data type"),
    E(EPERM, "operation not permitted"),
    E(EPIPE, "broken pipe"),
    E(EPROTO, "protocol error"),
    E(ERANGE, "result too large"),
    E(EROFS, "read-only file system"),
    E(ESPIPE, "invalid seek"),
    E(ESRCH, "no such process"),
    E(ETIMEDOUT, "connection timed out"),
    E(ETXTBSY, "text file is busy"),
    E(EUSERS, "too many users"),
    E(EXDEV, "cross-device link not permitted"),
    E(EBADFD, "file descriptor in bad state"),
    E(EBADMSG, "bad message"),
    E(EDEADLK, "resource deadlock avoided"),
    E(EHOSTDOWN, "host is down"),
    E(EIDRM, "identifier removed"),
    E(EILSEQ, "illegal byte sequence"),
    E(EINPROGRESS, "operation now in progress"),
    E(EKEYREJECTED, "key was rejected by service"),
    E(ENETRESET, "network dropped connection on reset"),
    E(ENOKEY, "required key not available"),
    E(ENOLCK, "no locks available"),
    E(ENOPROTOOPT, "protocol not available"),
    E(ENOTBLK, "block device required"),
    E(EPFNOSUPPORT, "protocol family not supported"),
    E(EPROTONOSUPPORT, "protocol not supported"),
    E(EPROTOTYPE, "protocol wrong type for socket"),
    E(EREMOTEIO, "remote I/O error"),
    E(ESHUTDOWN, "cannot send after transport endpoint shutdown"),
    E(ESOCKTNOSUPPORT, "socket type not supported"),
    E(ESTALE, "stale file handle"),
#undef E
};

static const ErrnoEntry *errno_entry(int err) {
  for (size_t i = 0; i < countof(errno_table); i++)
    if (errno_table[i].err == err) return &errno_table[i];
  return NULL;
}

const char *errno_name(int err) {
  const ErrnoEntry *entry = errno_entry(err);
  return entry ? entry->name : "UNKNOWN";
}

const char *errno_text(int err) {
  const ErrnoEntry *entry = errno_entry(err);
  return entry ? entry->text : strerror(err);
}

static void define(JSContext *ctx, JSValueConst object, const char *name, JSValue value, int flags) {
  JS_DefinePropertyValueStr(ctx, object, name, value, flags);
}

static JSValue new_error(JSContext *ctx, const char *message) {
  JSValue global = JS_GetGlobalObject(ctx);
  JSValue constructor = JS_GetPropertyStr(ctx, global, "Error");
  JSValue text = JS_NewString(ctx, message);
  JSValue error = JS_CallConstructor(ctx, constructor, 1, &text);
  JS_FreeValue(ctx, text);
  JS_FreeValue(ctx, constructor);
  JS_FreeValue(ctx, global);
  return error;
}

JSValue new_errno(JSContext *ctx, int err, const char *syscall, const char *path, const char *dest) {
  char message[1024];
  const char *name = errno_name(err);
  int length = snprintf(message, sizeof(message), "%s: %s, %s", name, errno_text(err), syscall);
  if (path && length < (int)sizeof(message))
    length += snprintf(message + length, sizeof(message) - length, " '%s'", path);
  if (dest && length < (int)sizeof(message))
    snprintf(message + length, sizeof(message) - length, " -> '%s'", dest);
  JSValue error = new_error(ctx, message);
  if (JS_IsException(error)) return error;
  define(ctx, error, "errno", JS_NewInt32(ctx, -err), JS_PROP_C_W_E);
  define(ctx, error, "code", JS_NewString(ctx, name), JS_PROP_C_W_E);
  define(ctx, error, "syscall", JS_NewString(ctx, syscall), JS_PROP_C_W_E);
  if (path) define(ctx, error, "path", JS_NewString(ctx, path), JS_PROP_C_W_E);
  if (dest) define(ctx, error, "dest", JS_NewString(ctx, dest), JS_PROP_C_W_E);
  return error;
}

JSValue throw_errno2(JSContext *ctx, int err, const char *syscall, const char *path, const char *dest) {
  JSValue error = new_errno(ctx, err, syscall, path, dest);
  return JS_IsException(error) ? error : JS_Throw(ctx, error);
}

JSValue throw_errno(JSContext *ctx, int err, const char *syscall, const char *path) {
  return throw_errno2(ctx, err, syscall, path, NULL);
}

JSValue throw_code(JSContext *ctx, const char *code, const char *message) {
  JSValue error = new_error(ctx, message);
  if (JS_IsException(error)) return error;
  define(ctx, error, "code", JS_NewString(ctx, code), JS_PROP_C_W_E);
  return JS_Throw(ctx, error);
}

/* --- last words --- */
static JSValue fatal_hook = STATIC_UNDEFINED;

void set_fatal_hook(JSContext *ctx, JSValueConst hook) {
  JS_FreeValue(ctx, fatal_hook);
  fatal_hook = JS_DupValue(ctx, hook);
}

static void print_error(JSContext *ctx, JSValueConst error) {
  const char *text = JS_ToCString(ctx, error);
  fprintf(stderr, "uncaught %s\n", text ? text : "exception");
  if (text) JS_FreeCString(ctx, text);
  if (!JS_IsObject(error)) return;
  JSValue stack = JS_GetPropertyStr(ctx, error, "stack");
  const char *trace = JS_IsString(stack) ? JS_ToCString(ctx, stack) : NULL;
  if (trace) fputs(trace, stderr);
  if (trace) JS_FreeCString(ctx, trace);
  JS_FreeValue(ctx, stack);
}

void print_exception(JSContext *ctx) { print_error(ctx, JS_GetException(ctx)); }

void fatal_exception(JSContext *ctx) {
  JSValue error = JS_GetException(ctx);
  if (JS_IsFunction(ctx, fatal_hook)) {
    JSValue survived = JS_Call(ctx, fatal_hook, JS_UNDEFINED, 1, &error);
    if (!JS_IsException(survived) && JS_ToBool(ctx, survived)) {
      JS_FreeValue(ctx, error);
      return;
    }
    if (JS_IsException(survived)) print_error(ctx, JS_GetException(ctx));
  }
  print_error(ctx, error);
  _exit(1);
}

/* Promises that were rejected without a handler, until the jobs of this turn have run. */
typedef struct Rejection {
  JSValue promise, reason;
  struct Rejection *next;
} Rejection;
static Rejection *rejections;

void track_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, JS_BOOL handled, void *opaque) {
  (void)opaque;
  if (!handled) {
    Rejection *entry = malloc(sizeof(*entry));
    if (!entry) abort();
    *entry = (Rejection){JS_DupValue(ctx, promise), JS_DupValue(ctx, reason), rejections};
    rejections = entry;
    return;
  }
  for (Rejection **at = &rejections; *at; at = &(*at)->next) {
    Rejection *entry = *at;
    if (JS_VALUE_GET_PTR(entry->promise) != JS_VALUE_GET_PTR(promise)) continue;
    *at = entry->next;
    JS_FreeValue(ctx, entry->promise);
    JS_FreeValue(ctx, entry->reason);
    free(entry);
    return;
  }
}

/* A forked child answers only for its own. */
void forget_rejections(void) { rejections = NULL; }

void report_rejections(JSContext *ctx) {
  while (rejections) {
    Rejection *entry = rejections;
    rejections = entry->next;
    JSValue reason = entry->reason;
    JS_FreeValue(ctx, entry->promise);
    free(entry);
    JS_Throw(ctx, reason);
    fatal_exception(ctx);
  }
}
