/* Calls of Linux that glibc wraps and musl 1.2.3, the guest's C library, does not. */
#ifndef LIBC_H
#define LIBC_H
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __GLIBC__
#include <linux/stat.h>

static inline int statx(int folder, const char *path, int flags, unsigned mask, struct statx *result) {
  return syscall(SYS_statx, folder, path, flags, mask, result);
}

static inline int close_range(unsigned first, unsigned last, int flags) {
  return syscall(SYS_close_range, first, last, flags);
}
#endif

#endif
