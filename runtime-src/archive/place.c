/*
 * Where an entry goes. Its folder is opened with openat2(2) RESOLVE_BENEATH from the root's descriptor, so neither "..",
 * an absolute name nor a symbolic link that the archive itself brought can lead out; its last name is used with calls
 * that follow nothing. Missing folders are made, as docker makes them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "archive.h"

int open_beneath(int root, const char *path, int flags) {
  struct open_how how = {.flags = (uint64_t)(flags | O_CLOEXEC), .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
  return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

/* Without "." and double slashes; refuses what no archive of a root needs. To be freed. */
static char *clean(const char *path, const char *what) {
  if (*path == '/') fail("%s: an absolute path would leave the root%s", path, what);
  char *made = need(malloc(strlen(path) + 2)), *to = made;
  for (const char *from = path; *from;) {
    size_t length = strcspn(from, "/");
    if (length == 2 && !memcmp(from, "..", 2)) fail("%s: \"..\" would leave the root%s", path, what);
    if (length && !(length == 1 && *from == '.')) {
      if (to != made) *to++ = '/';
      memcpy(to, from, length);
      to += length;
    }
    from += length;
    while (*from == '/') from++;
  }
  *to = 0;
  return made;
}

static int make_folders(int root, const char *folder, const char *path) {
  char *partial = need(strdup(folder));
  for (char *slash = strchr(partial, '/');; slash = strchr(slash + 1, '/')) {
    if (slash) *slash = 0;
    int fd = open_beneath(root, partial, O_PATH | O_DIRECTORY);
    if (fd >= 0) close(fd);
    else if (errno == ENOENT) {
      char *last = strrchr(partial, '/');
      if (last) *last = 0;
      int parent = last ? open_beneath(root, partial, O_PATH | O_DIRECTORY) : dup(root);
      int err = parent < 0 || mkdirat(parent, last ? last + 1 : partial, 0755) < 0 ? errno : 0;
      if (parent >= 0) close(parent);
      if (err) fail_errno(err, "%s: mkdir", path);
      if (last) *last = '/';
    } else break;
    if (!slash) break;
    *slash = '/';
  }
  free(partial);
  return open_beneath(root, folder, O_PATH | O_DIRECTORY);
}

void place_forget(Place *place) {
  if (place->parent_path) close(place->parent);
  free(place->parent_path);
  place->parent_path = NULL;
}

int place_parent(Place *place, const char *path, const char *what, const char **name) {
  static char *kept;
  free(kept);
  kept = clean(path, what);
  char *last = strrchr(kept, '/');
  *name = last ? last + 1 : kept[0] ? kept : ".";
  if (!last) return place->root;
  *last = 0;
  if (place->parent_path && !strcmp(place->parent_path, kept)) return place->parent;
  int fd = open_beneath(place->root, kept, O_PATH | O_DIRECTORY);
  if (fd < 0 && errno == ENOENT) fd = make_folders(place->root, kept, path);
  if (fd < 0 && (errno == EXDEV || errno == ELOOP))
    fail("%s: a symbolic link would lead it out of the root%s", path, what);
  if (fd < 0) fail_errno(errno, "%s", path);
  place_forget(place);
  place->parent = fd;
  place->parent_path = need(strdup(kept));
  return fd;
}
