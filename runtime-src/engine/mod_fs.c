/*
 * native:fs: files, as node/fs.ts needs them. Calls are synchronous; errors carry the names that Node uses for its own
 * (`scandir` for readdir, `copyfile`), see fs(7) of Node and the man page of each call.
 * Trees (rm, mkdir -p, copying) are in mod_fs_tree.c.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "engine.h"
#include "libc.h"
#include "fs_tree.h"

#define READ_CHUNK_BYTES 65536
/* Most files are short, those of /proc and /sys do not say how long they are: only who has more is asked. */
#define SHORT_FILE_BYTES 4096

/* write(2) until all is written; a non-blocking descriptor is waited for. Answers bytes written or -1. */
ssize_t write_all(int fd, const uint8_t *data, size_t size) {
  size_t done = 0;
  while (done < size) {
    ssize_t n = write(fd, data + done, size - done);
    if (n >= 0) {
      done += n;
    } else if (errno == EAGAIN) {
      struct pollfd wait = {.fd = fd, .events = POLLOUT};
      poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      return -1;
    }
  }
  return done;
}

/* A string's UTF-8 or an array's bytes. *owned is to be freed with JS_FreeCString. */
const uint8_t *data_argument(JSContext *ctx, JSValueConst value, size_t *size, const char **owned) {
  *owned = NULL;
  if (JS_IsString(value)) return (const uint8_t *)(*owned = JS_ToCStringLen(ctx, size, value));
  return bytes_argument(ctx, value, size);
}

FUNCTION(fs_open) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  ARG_INT(flags, 1);
  ARG_INT(mode, 2);
  return result_of(ctx, open(path, flags | O_CLOEXEC, mode), "open", path);
}

FUNCTION(fs_close) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  return done_or_throw(ctx, close(fd), "close", NULL);
}

/* read(fd, bytes, offset, length, position): position null or -1 is the current one. */
FUNCTION(fs_read) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  size_t size;
  uint8_t *data = bytes_argument(ctx, argv[1], &size);
  if (!data) return JS_EXCEPTION;
  ARG_LONG(offset, 2);
  ARG_LONG(length, 3);
  int64_t position = -1;
  if (!JS_IsNull(argv[4]) && !JS_IsUndefined(argv[4]) && JS_ToInt64Ext(ctx, &position, argv[4])) return JS_EXCEPTION;
  if (offset < 0 || length < 0 || (uint64_t)offset + length > size) return JS_ThrowRangeError(ctx, "out of bounds");
  ssize_t n;
  do n = position < 0 ? read(fd, data + offset, length) : pread(fd, data + offset, length, position);
  while (n < 0 && errno == EINTR);
  return result_of(ctx, n, "read", NULL);
}

/* write(fd, bytes or string, offset, length, position) */
FUNCTION(fs_write) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  ARG_LONG(offset, 2);
  ARG_LONG(length, 3);
  int64_t position = -1;
  if (!JS_IsNull(argv[4]) && !JS_IsUndefined(argv[4]) && JS_ToInt64Ext(ctx, &position, argv[4])) return JS_EXCEPTION;
  size_t size;
  const char *owned;
  const uint8_t *data = data_argument(ctx, argv[1], &size, &owned);
  if (!data) return JS_EXCEPTION;
  if (owned) offset = 0, length = size;
  JSValue result;
  if (offset < 0 || length < 0 || (uint64_t)offset + length > size) {
    result = JS_ThrowRangeError(ctx, "out of bounds");
  } else {
    ssize_t n;
    do n = position < 0 ? write(fd, data + offset, length) : pwrite(fd, data + offset, length, position);
    while (n < 0 && errno == EINTR);
    result = result_of(ctx, n, "write", NULL);
  }
  if (owned) JS_FreeCString(ctx, owned);
  return result;
}

/* writeAll(fd, bytes or string): waits on a full pipe, as Node's stdout does. */
FUNCTION(fs_write_all) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  size_t size;
  const char *owned;
  const uint8_t *data = data_argument(ctx, argv[1], &size, &owned);
  if (!data) return JS_EXCEPTION;
  ssize_t n = write_all(fd, data, size);
  int err = errno;
  if (owned) JS_FreeCString(ctx, owned);
  return n < 0 ? throw_errno(ctx, err, "write", NULL) : JS_UNDEFINED;
}

/* All that a descriptor still gives: in `small` where it fits, else malloc'ed; NULL with errno. */
static char *read_rest(int fd, char small[SHORT_FILE_BYTES], size_t *size) {
  size_t room = SHORT_FILE_BYTES, used = 0;
  char *data = small;
  for (;;) {
    ssize_t n = read(fd, data + used, room - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && data != small) free(data);
    if (n < 0) return NULL;
    if (n == 0) break;
    used += n;
    if (used < room) continue;
    struct stat st;
    room += READ_CHUNK_BYTES;
    if (data == small && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= (off_t)room) room = st.st_size + 1;
    char *grown = realloc(data == small ? NULL : data, room);
    if (!grown) abort();
    if (data == small) memcpy(grown, small, used);
    data = grown;
  }
  *size = used;
  return data;
}

/* readFile(path or fd, asText, flags) */
FUNCTION(fs_read_file) {
  UNUSED_ARGUMENTS;
  bool opened = !JS_IsNumber(argv[0]);
  ARG_INT(flags, 2);
  int32_t fd;
  __attribute__((cleanup(cstring_free))) CString path = {ctx, opened ? text_argument(ctx, argv[0]) : NULL};
  if (opened) {
    if (!path.text) return JS_EXCEPTION;
    fd = open(path.text, flags | O_CLOEXEC, 0666);
    if (fd < 0) return throw_errno(ctx, errno, "open", path.text);
  } else if (JS_ToInt32(ctx, &fd, argv[0])) {
    return JS_EXCEPTION;
  }
  size_t size;
  char small[SHORT_FILE_BYTES], *data = read_rest(fd, small, &size);
  int err = errno;
  if (opened) close(fd);
  if (!data) return throw_errno(ctx, err, "read", NULL);
  JSValue value = JS_ToBool(ctx, argv[1]) ? new_text(ctx, data, size) : new_bytes(ctx, data, size);
  if (data != small) free(data);
  return value;
}

/* writeFile(path or fd, data, flags, mode) */
FUNCTION(fs_write_file) {
  UNUSED_ARGUMENTS;
  bool opened = !JS_IsNumber(argv[0]);
  ARG_INT(flags, 2);
  ARG_INT(mode, 3);
  int32_t fd;
  __attribute__((cleanup(cstring_free))) CString path = {ctx, opened ? text_argument(ctx, argv[0]) : NULL};
  if (opened && !path.text) return JS_EXCEPTION;
  if (!opened && JS_ToInt32(ctx, &fd, argv[0])) return JS_EXCEPTION;
  size_t size;
  const char *owned;
  const uint8_t *data = data_argument(ctx, argv[1], &size, &owned);
  if (!data) return JS_EXCEPTION;
  if (opened) fd = open(path.text, flags | O_CLOEXEC, mode);
  const char *syscall = fd < 0 ? "open" : "write";
  ssize_t n = fd < 0 ? -1 : write_all(fd, data, size);
  int err = errno;
  if (opened && fd >= 0) close(fd);
  if (owned) JS_FreeCString(ctx, owned);
  return n < 0 ? throw_errno(ctx, err, syscall, fd < 0 ? path.text : NULL) : JS_UNDEFINED;
}

static double timestamp_ms(struct statx_timestamp t) { return t.tv_sec * 1e3 + t.tv_nsec / 1e6; }

/* The numbers of struct stat in the order of node/fs-stats.ts. */
static JSValue stat_numbers(JSContext *ctx, const struct statx *st) {
  double numbers[] = {
      makedev(st->stx_dev_major, st->stx_dev_minor),
      st->stx_mode,
      st->stx_nlink,
      st->stx_uid,
      st->stx_gid,
      makedev(st->stx_rdev_major, st->stx_rdev_minor),
      st->stx_blksize,
      st->stx_ino,
      st->stx_size,
      st->stx_blocks,
      timestamp_ms(st->stx_atime),
      timestamp_ms(st->stx_mtime),
      timestamp_ms(st->stx_ctime),
      timestamp_ms(st->stx_btime),
  };
  JSValue array = JS_NewArray(ctx);
  for (size_t i = 0; i < countof(numbers); i++) JS_SetPropertyUint32(ctx, array, i, JS_NewFloat64(ctx, numbers[i]));
  return array;
}

/* stat(path or fd, followLinks, quiet): numbers; quiet gives undefined for ENOENT and ENOTDIR. */
FUNCTION(fs_stat) {
  UNUSED_ARGUMENTS;
  struct statx st;
  int follow = JS_ToBool(ctx, argv[1]);
  if (JS_IsNumber(argv[0])) {
    ARG_INT(fd, 0);
    if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &st) < 0)
      return throw_errno(ctx, errno, "fstat", NULL);
    return stat_numbers(ctx, &st);
  }
  ARG_TEXT(path, 0);
  if (statx(AT_FDCWD, path, follow ? 0 : AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, &st) == 0)
    return stat_numbers(ctx, &st);
  if (JS_ToBool(ctx, argv[2]) && (errno == ENOENT || errno == ENOTDIR)) return JS_UNDEFINED;
  return throw_errno(ctx, errno, follow ? "stat" : "lstat", path);
}

FUNCTION(fs_exists) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  struct stat st;
  return JS_NewBool(ctx, stat(path, &st) == 0);
}

typedef struct {
  char *name;
  int type;
} Entry;

static int by_name(const void *a, const void *b) { return strcmp(((const Entry *)a)->name, ((const Entry *)b)->name); }

/* Entries but "." and "..", sorted; unknown types are looked up when they are asked for. The caller frees names and all. */
static Entry *read_entries(DIR *dir, bool with_types, size_t *count) {
  Entry *entries = NULL;
  size_t room = 0;
  *count = 0;
  for (struct dirent *entry; (entry = readdir(dir));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    if (*count == room && !(entries = realloc(entries, (room = room ? 2 * room : 32) * sizeof(Entry)))) abort();
    int type = entry->d_type;
    struct stat st;
    if (with_types && type == DT_UNKNOWN && fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
      type = IFTODT(st.st_mode);
    entries[*count] = (Entry){strdup(entry->d_name), type};
    if (!entries[(*count)++].name) abort();
  }
  if (*count) qsort(entries, *count, sizeof(Entry), by_name);
  return entries;
}

/* readdir(path, withTypes): [name, name, ...] or [name, type, name, type, ...], in the order of strcmp(3), types as DT_* */
FUNCTION(fs_readdir) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  bool with_types = JS_ToBool(ctx, argv[1]);
  DIR *dir = opendir(path);
  if (!dir) return throw_errno(ctx, errno, "scandir", path);
  size_t count;
  Entry *entries = read_entries(dir, with_types, &count);
  closedir(dir);
  JSValue array = JS_NewArray(ctx);
  uint32_t at = 0;
  for (size_t i = 0; i < count; i++) {
    JS_SetPropertyUint32(ctx, array, at++, new_text(ctx, entries[i].name, strlen(entries[i].name)));
    if (with_types) JS_SetPropertyUint32(ctx, array, at++, JS_NewInt32(ctx, entries[i].type));
    free(entries[i].name);
  }
  free(entries);
  return array;
}

FUNCTION(fs_readlink) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  char target[4096];
  ssize_t n = readlink(path, target, sizeof(target));
  return n < 0 ? throw_errno(ctx, errno, "readlink", path) : new_text(ctx, target, n);
}

FUNCTION(fs_realpath) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  char *real = realpath(path, NULL);
  if (!real) return throw_errno(ctx, errno, "realpath", path);
  JSValue text = new_text(ctx, real, strlen(real));
  free(real);
  return text;
}

/* Calls on one path and up to two numbers; the magic says which. */
enum { UNLINK, RMDIR, CHMOD, CHOWN, LCHOWN, ACCESS, TRUNCATE, MKDIR };

static JSValue on_path(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv, int magic) {
  (void)this_val, (void)argc;
  ARG_TEXT(path, 0);
  ARG_LONG(a, 1);
  ARG_INT(b, 2);
  switch (magic) {
    case UNLINK: return done_or_throw(ctx, unlink(path), "unlink", path);
    case RMDIR: return done_or_throw(ctx, rmdir(path), "rmdir", path);
    case CHMOD: return done_or_throw(ctx, chmod(path, a), "chmod", path);
    case CHOWN: return done_or_throw(ctx, chown(path, a, b), "chown", path);
    case LCHOWN: return done_or_throw(ctx, lchown(path, a, b), "lchown", path);
    case ACCESS: return done_or_throw(ctx, access(path, a), "access", path);
    case TRUNCATE: return done_or_throw(ctx, truncate(path, a), "open", path);
    default: return done_or_throw(ctx, mkdir(path, a), "mkdir", path);
  }
}

enum { FSYNC, FDATASYNC, FTRUNCATE, FCHMOD, FCHOWN };

static JSValue on_fd(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv, int magic) {
  (void)this_val, (void)argc;
  ARG_INT(fd, 0);
  ARG_LONG(a, 1);
  ARG_INT(b, 2);
  switch (magic) {
    case FSYNC: return done_or_throw(ctx, fsync(fd), "fsync", NULL);
    case FDATASYNC: return done_or_throw(ctx, fdatasync(fd), "fdatasync", NULL);
    case FTRUNCATE: return done_or_throw(ctx, ftruncate(fd, a), "ftruncate", NULL);
    case FCHMOD: return done_or_throw(ctx, fchmod(fd, a), "fchmod", NULL);
    default: return done_or_throw(ctx, fchown(fd, a, b), "fchown", NULL);
  }
}

enum { RENAME, LINK, SYMLINK, COPY };

static JSValue on_two_paths(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv, int magic) {
  (void)this_val, (void)argc;
  static const char *const names[] = {"rename", "link", "symlink", "copyfile"};
  ARG_TEXT(from, 0);
  ARG_TEXT(to, 1);
  ARG_INT(flags, 2);
  int r = magic == RENAME    ? rename(from, to)
          : magic == LINK    ? link(from, to)
          : magic == SYMLINK ? symlink(from, to)
                             : copy_file(from, to, flags);
  return r < 0 ? throw_errno2(ctx, errno, names[magic], from, to) : JS_UNDEFINED;
}

static struct timespec seconds(double s) {
  double whole = floor(s);
  return (struct timespec){(time_t)whole, (long)((s - whole) * 1e9)};
}

/* utimes(path or fd, atime, mtime, followLinks), in seconds. */
FUNCTION(fs_utimes) {
  UNUSED_ARGUMENTS;
  ARG_DOUBLE(atime, 1);
  ARG_DOUBLE(mtime, 2);
  struct timespec times[2] = {seconds(atime), seconds(mtime)};
  if (JS_IsNumber(argv[0])) {
    ARG_INT(fd, 0);
    return done_or_throw(ctx, futimens(fd, times), "futime", NULL);
  }
  ARG_TEXT(path, 0);
  bool follow = JS_ToBool(ctx, argv[3]);
  return done_or_throw(ctx, utimensat(AT_FDCWD, path, times, follow ? 0 : AT_SYMLINK_NOFOLLOW),
                       follow ? "utime" : "lutime", path);
}

FUNCTION(fs_mkdtemp) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(prefix, 0);
  char template[4096];
  snprintf(template, sizeof(template), "%sXXXXXX", prefix);
  if (!mkdtemp(template)) return throw_errno(ctx, errno, "mkdtemp", template);
  return new_text(ctx, template, strlen(template));
}

/* mkdirAll(path, mode): the first folder that was made, or undefined. */
FUNCTION(fs_mkdir_all) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  ARG_INT(mode, 1);
  char first[4096] = "";
  if (make_folders(path, mode, first, sizeof(first)) < 0) return throw_errno(ctx, errno, "mkdir", path);
  return first[0] ? new_text(ctx, first, strlen(first)) : JS_UNDEFINED;
}

FUNCTION(fs_remove_tree) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  return done_or_throw(ctx, remove_tree(AT_FDCWD, path), "rm", path);
}

/* statfs(path): [type, bsize, blocks, bfree, bavail, files, ffree] */
FUNCTION(fs_statfs) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 0);
  struct statfs st;
  if (statfs(path, &st) < 0) return throw_errno(ctx, errno, "statfs", path);
  double numbers[] = {(uint32_t)st.f_type, st.f_bsize, st.f_blocks, st.f_bfree, st.f_bavail, st.f_files, st.f_ffree};
  JSValue array = JS_NewArray(ctx);
  for (size_t i = 0; i < countof(numbers); i++) JS_SetPropertyUint32(ctx, array, i, JS_NewFloat64(ctx, numbers[i]));
  return array;
}

const JSCFunctionListEntry native_fs[] = {
    JS_CFUNC_DEF("open", 3, fs_open),
    JS_CFUNC_DEF("close", 1, fs_close),
    JS_CFUNC_DEF("read", 5, fs_read),
    JS_CFUNC_DEF("write", 5, fs_write),
    JS_CFUNC_DEF("writeAll", 2, fs_write_all),
    JS_CFUNC_DEF("readFile", 3, fs_read_file),
    JS_CFUNC_DEF("writeFile", 4, fs_write_file),
    JS_CFUNC_DEF("exists", 1, fs_exists),
    JS_CFUNC_DEF("stat", 3, fs_stat),
    JS_CFUNC_DEF("readdir", 2, fs_readdir),
    JS_CFUNC_DEF("readlink", 1, fs_readlink),
    JS_CFUNC_DEF("realpath", 1, fs_realpath),
    JS_CFUNC_MAGIC_DEF("unlink", 3, on_path, UNLINK),
    JS_CFUNC_MAGIC_DEF("rmdir", 3, on_path, RMDIR),
    JS_CFUNC_MAGIC_DEF("chmod", 3, on_path, CHMOD),
    JS_CFUNC_MAGIC_DEF("chown", 3, on_path, CHOWN),
    JS_CFUNC_MAGIC_DEF("lchown", 3, on_path, LCHOWN),
    JS_CFUNC_MAGIC_DEF("access", 3, on_path, ACCESS),
    JS_CFUNC_MAGIC_DEF("truncate", 3, on_path, TRUNCATE),
    JS_CFUNC_MAGIC_DEF("mkdir", 3, on_path, MKDIR),
    JS_CFUNC_MAGIC_DEF("fsync", 3, on_fd, FSYNC),
    JS_CFUNC_MAGIC_DEF("fdatasync", 3, on_fd, FDATASYNC),
    JS_CFUNC_MAGIC_DEF("ftruncate", 3, on_fd, FTRUNCATE),
    JS_CFUNC_MAGIC_DEF("fchmod", 3, on_fd, FCHMOD),
    JS_CFUNC_MAGIC_DEF("fchown", 3, on_fd, FCHOWN),
    JS_CFUNC_MAGIC_DEF("rename", 3, on_two_paths, RENAME),
    JS_CFUNC_MAGIC_DEF("link", 3, on_two_paths, LINK),
    JS_CFUNC_MAGIC_DEF("symlink", 3, on_two_paths, SYMLINK),
    JS_CFUNC_MAGIC_DEF("copyFile", 3, on_two_paths, COPY),
    JS_CFUNC_DEF("utimes", 4, fs_utimes),
    JS_CFUNC_DEF("mkdtemp", 1, fs_mkdtemp),
    JS_CFUNC_DEF("mkdirAll", 2, fs_mkdir_all),
    JS_CFUNC_DEF("removeTree", 1, fs_remove_tree),
    JS_CFUNC_DEF("statfs", 1, fs_statfs),
};
const int native_fs_count = countof(native_fs);
