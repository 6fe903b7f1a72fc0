/* rm -r by descriptors (a renamed folder cannot lead it elsewhere), mkdir -p, and copying inside the kernel. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs_tree.h"

#define COPY_CHUNK_BYTES (1 << 20)

static int remove_entries(int fd) {
  DIR *dir = fdopendir(fd);
  if (!dir) return close(fd), -1;
  int failed = 0;
  struct dirent *entry;
  while (!failed && (entry = readdir(dir))) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    failed = remove_tree(dirfd(dir), entry->d_name);
  }
  int err = errno;
  closedir(dir);
  errno = err;
  return failed;
}

int remove_tree(int dirfd, const char *path) {
  if (unlinkat(dirfd, path, 0) == 0) return 0;
  if (errno != EISDIR && errno != EPERM) return -1;
  int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -1;
  if (remove_entries(fd) < 0) return -1;
  return unlinkat(dirfd, path, AT_REMOVEDIR);
}

int make_folders(const char *path, unsigned mode, char *first, size_t first_size) {
  char partial[PATH_MAX];
  size_t length = strlen(path);
  if (length == 0 || length >= sizeof(partial)) return errno = length ? ENAMETOOLONG : ENOENT, -1;
  memcpy(partial, path, length + 1);
  while (length > 1 && partial[length - 1] == '/') partial[--length] = 0;
  struct stat st;
  for (size_t i = 1; i <= length; i++) {
    if (partial[i] != '/' && partial[i] != 0) continue;
    partial[i] = 0;
    if (mkdir(partial, mode) == 0) {
      if (!first[0]) strncpy(first, partial, first_size - 1);
    } else if (errno != EEXIST && errno != EROFS && errno != EACCES && errno != EPERM) {
      return -1;
    } else {
      int err = errno;
      if (stat(partial, &st) < 0) return errno = err == EEXIST ? errno : err, -1;
      if (!S_ISDIR(st.st_mode)) return errno = i == length ? EEXIST : ENOTDIR, -1;
    }
    if (i < length) partial[i] = '/';
  }
  return 0;
}

/* Files of /proc and /sys say size 0 and copy_file_range(2) believes them: those go by sendfile(2). */
static int copy_bytes(int in, int out, bool by_range) {
  for (;;) {
    ssize_t n = -1;
    if (by_range) n = copy_file_range(in, NULL, out, NULL, COPY_CHUNK_BYTES, 0);
    if (n < 0 && (!by_range || errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP))
      n = sendfile(out, in, NULL, COPY_CHUNK_BYTES);
    if (n <= 0) return n;
  }
}

int copy_file(const char *from, const char *to, int flags) {
  int in = open(from, O_RDONLY | O_CLOEXEC);
  if (in < 0) return -1;
  struct stat st;
  if (fstat(in, &st) < 0) return close(in), -1;
  int exclusive = flags & COPY_EXCLUSIVE ? O_EXCL : O_TRUNC;
  int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC | exclusive, st.st_mode & 0777);
  int failed = out < 0 ? -1 : copy_bytes(in, out, st.st_size > 0);
  if (!failed) failed = fchmod(out, st.st_mode & 0777);
  int err = errno;
  if (out >= 0) close(out);
  close(in);
  errno = err;
  return failed;
}
