/*
 * native:fd: descriptors as the kernel gives them, for the calls of linux/syscalls.ts that Node's fs lacks.
 * All that is opened here is close-on-exec; dup2 is not, it is what the next program inherits.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "engine.h"
#include "libc.h"

#define XATTR_BYTES 65536

static JSValue pair(JSContext *ctx, int a, int b) {
  JSValue array = JS_NewArray(ctx);
  JS_SetPropertyUint32(ctx, array, 0, JS_NewInt32(ctx, a));
  JS_SetPropertyUint32(ctx, array, 1, JS_NewInt32(ctx, b));
  return array;
}

/* openat2(dirfd, path, flags, mode, resolve): fd */
FUNCTION(fd_openat2) {
  UNUSED_ARGUMENTS;
  ARG_INT(dirfd, 0);
  ARG_TEXT(path, 1);
  ARG_LONG(flags, 2);
  ARG_LONG(mode, 3);
  ARG_LONG(resolve, 4);
  struct open_how how = {.flags = flags | O_CLOEXEC, .mode = mode, .resolve = resolve};
  return result_of(ctx, syscall(SYS_openat2, dirfd, path, &how, sizeof(how)), "openat2", path);
}

FUNCTION(fd_close_from) {
  UNUSED_ARGUMENTS;
  ARG_INT(first, 0);
  return done_or_throw(ctx, close_range(first, ~0U, 0), "close_range", NULL);
}

static int compare_ints(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

/* Sorts `keep`. The standard descriptors always stay. */
void close_all_but(int *keep, size_t count) {
  int first = FIRST_SPARE_FD;
  qsort(keep, count, sizeof(int), compare_ints);
  for (size_t i = 0; i < count; i++) {
    if (keep[i] < first) continue;
    if (keep[i] > first) close_range(first, keep[i] - 1, 0);
    first = keep[i] + 1;
  }
  close_range(first, ~0U, 0);
}

/* closeAllBut(keep): at most 64 */
FUNCTION(fd_close_all_but) {
  UNUSED_ARGUMENTS;
  int keep[64];
  int64_t count;
  if (array_length(ctx, argv[0], &count)) return JS_EXCEPTION;
  if (count > (int64_t)countof(keep)) return throw_errno(ctx, EINVAL, "close_range", NULL);
  for (int64_t i = 0; i < count; i++) {
    JSValue value = JS_GetPropertyUint32(ctx, argv[0], i);
    if (JS_ToInt32(ctx, &keep[i], value)) return JS_EXCEPTION;
  }
  close_all_but(keep, count);
  return JS_UNDEFINED;
}

FUNCTION(fd_dup) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  return result_of(ctx, fcntl(fd, F_DUPFD_CLOEXEC, 0), "dup", NULL);
}

FUNCTION(fd_dup2) {
  UNUSED_ARGUMENTS;
  ARG_INT(from, 0);
  ARG_INT(to, 1);
  if (from == to) return done_or_throw(ctx, fcntl(to, F_SETFD, 0), "dup2", NULL);
  return done_or_throw(ctx, dup2(from, to), "dup2", NULL);
}

FUNCTION(fd_set_cloexec) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  return done_or_throw(ctx, fcntl(fd, F_SETFD, JS_ToBool(ctx, argv[1]) ? FD_CLOEXEC : 0), "fcntl", NULL);
}

FUNCTION(fd_set_nonblocking) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return throw_errno(ctx, errno, "fcntl", NULL);
  flags = JS_ToBool(ctx, argv[1]) ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
  return done_or_throw(ctx, fcntl(fd, F_SETFL, flags), "fcntl", NULL);
}

FUNCTION(fd_pipe) {
  UNUSED_ARGUMENTS;
  int fds[2];
  return pipe2(fds, O_CLOEXEC) < 0 ? throw_errno(ctx, errno, "pipe2", NULL) : pair(ctx, fds[0], fds[1]);
}

FUNCTION(fd_socketpair) {
  UNUSED_ARGUMENTS;
  int fds[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) return throw_errno(ctx, errno, "socketpair", NULL);
  return pair(ctx, fds[0], fds[1]);
}

/* Room for what is copied on at once. Of pages that nothing is written to there are none; malloc(3) would map and unmap. */
uint8_t *scratch(size_t size) {
  static uint8_t room[65536];
  static uint8_t *more;
  static size_t more_size;
  if (size <= sizeof(room)) return room;
  if (size > more_size) {
    free(more);
    more_size = (more = malloc(size)) ? size : 0;
  }
  return more;
}

/* read(fd, maxBytes): Uint8Array, empty at end of file */
FUNCTION(fd_read) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  ARG_INT(max_bytes, 1);
  if (max_bytes < 0) return JS_ThrowRangeError(ctx, "maxBytes is negative");
  uint8_t *data = scratch(max_bytes);
  if (!data) return JS_ThrowOutOfMemory(ctx);
  ssize_t n;
  do n = read(fd, data, max_bytes);
  while (n < 0 && errno == EINTR);
  return n < 0 ? throw_errno(ctx, errno, "read", NULL) : new_bytes(ctx, data, n);
}

/* readLine(path, maxBytes): the first line, cut where it is longer; null when there is no such file, or no more of it */
FUNCTION(fd_read_line) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  ARG_INT(max_bytes, 1);
  char *data = max_bytes > 0 ? (char *)scratch(max_bytes) : NULL;
  if (!data) return JS_ThrowRangeError(ctx, "maxBytes");
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT ? JS_NULL : throw_errno(ctx, errno, "open", path);
  ssize_t n;
  do n = read(fd, data, max_bytes);
  while (n < 0 && errno == EINTR);
  int err = errno;
  close(fd);
  if (n < 0) return err == ENODEV ? JS_NULL : throw_errno(ctx, err, "read", path);
  char *end = memchr(data, '\n', n);
  return new_text(ctx, data, end ? end - data : n);
}

/* All of it, or an error whose `written` says how much went out. */
static JSValue write_whole(JSContext *ctx, int fd, const uint8_t *data, size_t size) {
  size_t done = 0;
  while (done < size) {
    ssize_t n = write(fd, data + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      JSValue error = new_errno(ctx, errno, "write", NULL, NULL);
      JS_DefinePropertyValueStr(ctx, error, "written", JS_NewInt64(ctx, done), JS_PROP_C_W_E);
      return JS_Throw(ctx, error);
    }
    done += n;
  }
  return JS_NewInt64(ctx, done);
}

/* write(fd, data) */
FUNCTION(fd_write) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  size_t size;
  if (JS_IsString(argv[1])) {
    const char *text = JS_ToCStringLen(ctx, &size, argv[1]);
    if (!text) return JS_EXCEPTION;
    JSValue result = write_whole(ctx, fd, (const uint8_t *)text, size);
    JS_FreeCString(ctx, text);
    return result;
  }
  const uint8_t *data = bytes_argument(ctx, argv[1], &size);
  return data ? write_whole(ctx, fd, data, size) : JS_EXCEPTION;
}

/* writeKept(fd) */
FUNCTION(fd_write_kept) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  size_t size;
  const uint8_t *text = take_kept_text(&size);
  return write_whole(ctx, fd, text, size);
}

FUNCTION(fd_forget_kept) {
  UNUSED_ARGUMENTS;
  (void)ctx;
  size_t size;
  take_kept_text(&size);
  return JS_UNDEFINED;
}

FUNCTION(fd_mknod) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  ARG_INT(mode, 1);
  ARG_INT(major_number, 2);
  ARG_INT(minor_number, 3);
  return done_or_throw(ctx, mknod(path, mode, makedev(major_number, minor_number)), "mknod", path);
}

FUNCTION(fd_mknodat) {
  UNUSED_ARGUMENTS;
  ARG_INT(dirfd, 0);
  ARG_TEXT(name, 1);
  ARG_INT(mode, 2);
  ARG_INT(major_number, 3);
  ARG_INT(minor_number, 4);
  return done_or_throw(ctx, mknodat(dirfd, name, mode, makedev(major_number, minor_number)), "mknodat", name);
}

FUNCTION(fd_mkdirat) {
  UNUSED_ARGUMENTS;
  ARG_INT(dirfd, 0);
  ARG_TEXT(name, 1);
  ARG_INT(mode, 2);
  return done_or_throw(ctx, mkdirat(dirfd, name, mode), "mkdirat", name);
}

FUNCTION(fd_symlinkat) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(target, 0);
  ARG_INT(dirfd, 1);
  ARG_TEXT(name, 2);
  return done_or_throw(ctx, symlinkat(target, dirfd, name), "symlinkat", name);
}

/* linkFd(fd, path): linkat(2) through /proc/self/fd, for a file that has no name yet (O_TMPFILE) */
FUNCTION(fd_link_fd) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  ARG_TEXT(path, 1);
  char from[32];
  snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
  return done_or_throw(ctx, linkat(AT_FDCWD, from, AT_FDCWD, path, AT_SYMLINK_FOLLOW), "linkat", path);
}

/* fchownat(dirfd, name, uid, gid): the link itself */
FUNCTION(fd_fchownat) {
  UNUSED_ARGUMENTS;
  ARG_INT(dirfd, 0);
  ARG_TEXT(name, 1);
  ARG_LONG(uid, 2);
  ARG_LONG(gid, 3);
  return done_or_throw(ctx, fchownat(dirfd, name, uid, gid, AT_SYMLINK_NOFOLLOW), "fchownat", name);
}

FUNCTION(fd_fchdir) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  return done_or_throw(ctx, fchdir(fd), "fchdir", NULL);
}

FUNCTION(fd_setxattr) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  ARG_TEXT(name, 1);
  size_t size;
  const uint8_t *value = bytes_argument(ctx, argv[2], &size);
  if (!value) return JS_EXCEPTION;
  return done_or_throw(ctx, lsetxattr(path, name, value, size, 0), "lsetxattr", path);
}

FUNCTION(fd_getxattr) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  ARG_TEXT(name, 1);
  static uint8_t value[XATTR_BYTES];
  ssize_t n = lgetxattr(path, name, value, sizeof(value));
  return n < 0 ? throw_errno(ctx, errno, "lgetxattr", path) : new_bytes(ctx, value, n);
}

FUNCTION(fd_listxattr) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  static char names[XATTR_BYTES];
  ssize_t n = llistxattr(path, names, sizeof(names));
  if (n < 0) return throw_errno(ctx, errno, "llistxattr", path);
  JSValue array = JS_NewArray(ctx);
  uint32_t count = 0;
  for (ssize_t at = 0; at < n; at += strlen(names + at) + 1)
    JS_SetPropertyUint32(ctx, array, count++, new_text(ctx, names + at, strlen(names + at)));
  return array;
}

/* isLocked(path): whether somebody holds flock(2) LOCK_EX on a file; not on one that is not there */
FUNCTION(fd_is_locked) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  int fd = open(path, O_RDONLY | O_CLOEXEC), r;
  if (fd < 0) return errno == ENOENT ? JS_FALSE : throw_errno(ctx, errno, "open", path);
  do r = flock(fd, LOCK_SH | LOCK_NB);
  while (r < 0 && errno == EINTR);
  int err = errno;
  close(fd);
  if (r < 0 && err == EWOULDBLOCK) return JS_TRUE;
  return r < 0 ? throw_errno(ctx, err, "flock", path) : JS_FALSE;
}

FUNCTION(fd_flock) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  ARG_INT(operation, 1);
  int r;
  do r = flock(fd, operation);
  while (r < 0 && errno == EINTR);
  return done_or_throw(ctx, r, "flock", NULL);
}

const JSCFunctionListEntry native_fd[] = {
    JS_CFUNC_DEF("openat2", 5, fd_openat2),
    JS_CFUNC_DEF("closeFrom", 1, fd_close_from),
    JS_CFUNC_DEF("closeAllBut", 1, fd_close_all_but),
    JS_CFUNC_DEF("dup", 1, fd_dup),
    JS_CFUNC_DEF("dup2", 2, fd_dup2),
    JS_CFUNC_DEF("setCloexec", 2, fd_set_cloexec),
    JS_CFUNC_DEF("setNonBlocking", 2, fd_set_nonblocking),
    JS_CFUNC_DEF("pipe", 0, fd_pipe),
    JS_CFUNC_DEF("socketpair", 0, fd_socketpair),
    JS_CFUNC_DEF("read", 2, fd_read),
    JS_CFUNC_DEF("readLine", 2, fd_read_line),
    JS_CFUNC_DEF("write", 2, fd_write),
    JS_CFUNC_DEF("keepText", 0, keep_text),
    JS_CFUNC_DEF("writeKept", 1, fd_write_kept),
    JS_CFUNC_DEF("forgetKept", 0, fd_forget_kept),
    JS_CFUNC_DEF("mknod", 4, fd_mknod),
    JS_CFUNC_DEF("mknodat", 5, fd_mknodat),
    JS_CFUNC_DEF("mkdirat", 3, fd_mkdirat),
    JS_CFUNC_DEF("symlinkat", 3, fd_symlinkat),
    JS_CFUNC_DEF("linkFd", 2, fd_link_fd),
    JS_CFUNC_DEF("fchownat", 4, fd_fchownat),
    JS_CFUNC_DEF("fchdir", 1, fd_fchdir),
    JS_CFUNC_DEF("setxattr", 3, fd_setxattr),
    JS_CFUNC_DEF("getxattr", 2, fd_getxattr),
    JS_CFUNC_DEF("listxattr", 1, fd_listxattr),
    JS_CFUNC_DEF("isLocked", 1, fd_is_locked),
    JS_CFUNC_DEF("flock", 2, fd_flock),
};
const int native_fd_count = countof(native_fd);
