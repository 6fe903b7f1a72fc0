/* Last words, and memory that is there or ends the program. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "archive.h"

#define FAILED 1

static void say(const char *format, va_list arguments) {
  vfprintf(stderr, format, arguments);
}

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  say(format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(FAILED);
}

/* In Go's words, which docker's messages have. */
static const char *errno_words(int err) {
  switch (err) {
    case ENOSPC: return "no space left on device";
    case ENOENT: return "no such file or directory";
    case EEXIST: return "file exists";
    case ENOTDIR: return "not a directory";
    case EISDIR: return "is a directory";
    case EROFS: return "read-only file system";
    case ENAMETOOLONG: return "file name too long";
    case EPERM: return "operation not permitted";
    case EACCES: return "permission denied";
    default: return strerror(err);
  }
}

void fail_errno(int err, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  say(format, arguments);
  va_end(arguments);
  fprintf(stderr, ": %s\n", errno_words(err));
  exit(FAILED);
}

void warn(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("warning: ", stderr);
  say(format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
}

void *need(void *allocated) {
  if (!allocated) fail("out of memory");
  return allocated;
}

char *text(const char *format, ...) {
  va_list arguments;
  char *made;
  va_start(arguments, format);
  if (vasprintf(&made, format, arguments) < 0) fail("out of memory");
  va_end(arguments);
  return made;
}
