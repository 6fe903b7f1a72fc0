/*
 * native:tty: terminals: pty(7), termios(3), ioctl_tty(2). Raw mode remembers what it found, per descriptor, so that
 * restoring is one call with the value that raw mode returned.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "engine.h"

/* openPty(ptmx): [master, slavePath]; the slave lies beside that ptmx, which may be in another devpts instance */
FUNCTION(tty_open_pty) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(ptmx, 0);
  int master = open(ptmx, O_RDWR | O_NOCTTY | O_CLOEXEC), number, unlock = 0;
  if (master < 0) return throw_errno(ctx, errno, "open", ptmx);
  if (ioctl(master, TIOCSPTLCK, &unlock) < 0 || ioctl(master, TIOCGPTN, &number) < 0) {
    int err = errno;
    close(master);
    return throw_errno(ctx, err, "ioctl", ptmx);
  }
  char path[4096];
  const char *slash = strrchr(ptmx, '/');
  int folder = slash ? (int)(slash - ptmx) : 0;
  bool in_pts = folder >= 4 && !strncmp(slash - 4, "/pts", 4);
  snprintf(path, sizeof(path), "%.*s%s/%d", folder, ptmx, in_pts ? "" : "/pts", number);
  JSValue pair = JS_NewArray(ctx);
  JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, master));
  JS_SetPropertyUint32(ctx, pair, 1, JS_NewString(ctx, path));
  return pair;
}

FUNCTION(tty_isatty) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  return JS_NewBool(ctx, isatty(fd));
}

FUNCTION(tty_set_controlling) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  return done_or_throw(ctx, ioctl(fd, TIOCSCTTY, 0), "ioctl", "TIOCSCTTY");
}

FUNCTION(tty_get_size) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) < 0) return throw_errno(ctx, errno, "ioctl", "TIOCGWINSZ");
  JSValue pair = JS_NewArray(ctx);
  JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, size.ws_col));
  JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt32(ctx, size.ws_row));
  return pair;
}

/* pushInput(fd, text): as if it had been typed there (TIOCSTI); another process's terminal needs CAP_SYS_ADMIN */
FUNCTION(tty_push_input) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  ARG_TEXT(text, 1);
  int result = 0;
  for (const char *at = text; *at && result == 0; at++) result = ioctl(fd, TIOCSTI, at);
  return done_or_throw(ctx, result, "ioctl", "TIOCSTI");
}

FUNCTION(tty_set_size) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  ARG_INT(columns, 1);
  ARG_INT(rows, 2);
  struct winsize size = {.ws_col = columns, .ws_row = rows};
  return done_or_throw(ctx, ioctl(fd, TIOCSWINSZ, &size), "ioctl", "TIOCSWINSZ");
}

/* rawMode(fd): the old settings, for restore */
FUNCTION(tty_raw_mode) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  struct termios old, raw;
  if (tcgetattr(fd, &old) < 0) return throw_errno(ctx, errno, "tcgetattr", NULL);
  raw = old;
  cfmakeraw(&raw);
  if (tcsetattr(fd, TCSADRAIN, &raw) < 0) return throw_errno(ctx, errno, "tcsetattr", NULL);
  return new_bytes(ctx, &old, sizeof(old));
}

FUNCTION(tty_restore) {
  UNUSED_ARGUMENTS;
  ARG_INT(fd, 0);
  size_t size;
  struct termios *old = (struct termios *)bytes_argument(ctx, argv[1], &size);
  if (!old) return JS_EXCEPTION;
  if (size != sizeof(*old)) return JS_ThrowTypeError(ctx, "not the settings of a terminal");
  return done_or_throw(ctx, tcsetattr(fd, TCSADRAIN, old), "tcsetattr", NULL);
}

const JSCFunctionListEntry native_tty[] = {
    JS_CFUNC_DEF("openPty", 1, tty_open_pty),
    JS_CFUNC_DEF("isatty", 1, tty_isatty),
    JS_CFUNC_DEF("setControllingTerminal", 1, tty_set_controlling),
    JS_CFUNC_DEF("getWindowSize", 1, tty_get_size),
    JS_CFUNC_DEF("setWindowSize", 3, tty_set_size),
    JS_CFUNC_DEF("pushInput", 2, tty_push_input),
    JS_CFUNC_DEF("rawMode", 1, tty_raw_mode),
    JS_CFUNC_DEF("restore", 2, tty_restore),
};
const int native_tty_count = countof(native_tty);
