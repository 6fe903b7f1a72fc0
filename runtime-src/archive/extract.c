/*
 * An entry of a tar file becomes a file, in the order in which it stays what it was: content, owner (which clears setuid),
 * mode, extended attributes (capabilities), times. What stands in its way is removed first, so nothing is ever written
 * through a link or into a device.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "archive.h"

/* No image has as many; each is an open door that only the device program of the cgroup keeps shut. */
#define DEVICES_MOST 256

typedef struct FolderTime {
  char *path;
  struct timespec mtime;
  struct FolderTime *next;
} FolderTime;

/* Removes what is there. Files whose content the recipe needs are kept aside, under their inode's number. */
static void displace_tree(void *extraction, int parent, const char *name, const char *path) {
  Extraction *x = extraction;
  struct stat st;
  if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
    if (errno == ENOENT) return;
    fail_errno(errno, "%s", path);
  }
  if (S_ISDIR(st.st_mode)) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) fail_errno(errno, "%s", path);
    each_name(fd, path, displace_tree, x);
    close(fd);
    if (unlinkat(parent, name, AT_REMOVEDIR) < 0) fail_errno(errno, "%s: rmdir", path);
  } else if (S_ISREG(st.st_mode) && x->overwritten >= 0 && st.st_size > 0) {
    char aside[32];
    snprintf(aside, sizeof(aside), "%llu", (unsigned long long)st.st_ino);
    if (renameat(parent, name, x->overwritten, aside) < 0) fail_errno(errno, "%s: rename", path);
  } else if (unlinkat(parent, name, 0) < 0) fail_errno(errno, "%s: unlink", path);
}

void displace(Extraction *x, int parent, const char *name, const char *path) {
  displace_tree(x, parent, name, path);
  place_forget(&x->place);
}

static uint64_t write_content(TarReader *tar, int parent, const char *name, const Entry *entry) {
  int fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) fail_errno(errno, "%s: open", entry->path);
  struct stat st;
  if (fstat(fd, &st) < 0) fail_errno(errno, "%s: stat", entry->path);
  if (tar->recipe && entry->size) recipe_file(tar->recipe, entry->path, st.st_ino, entry->size);
  const uint8_t *data;
  for (size_t n; (n = tar_content(tar, &data, false));) write_all(fd, data, n, entry->path);
  if (close(fd) < 0) fail_errno(errno, "%s: write", entry->path);
  return entry->size;
}

static void make_device(Extraction *x, int parent, const char *name, const Entry *entry) {
  if (entry->type != '6' && ++x->devices > DEVICES_MOST)
    fail("%s: more than %d device nodes are refused", entry->path, DEVICES_MOST);
  if (x->layer && entry->type == '3' && !entry->major && !entry->minor)
    fail("%s: a character device 0/0 is overlayfs' whiteout and cannot be in a layer", entry->path);
  mode_t type = entry->type == '3' ? S_IFCHR : entry->type == '4' ? S_IFBLK : S_IFIFO;
  if (mknodat(parent, name, type | 0600, makedev(entry->major, entry->minor)) < 0)
    fail_errno(errno, "%s: mknod", entry->path);
}

static void make_link(Extraction *x, int parent, const char *name, const Entry *entry) {
  char *what = text(" (hard link %s)", entry->path), *own = need(strdup(name));
  int to = dup(parent); /* looking the target up forgets it */
  const char *target;
  int from = place_parent(&x->place, entry->link, what, &target);
  if (linkat(from, target, to, own, 0) < 0) fail_errno(errno, "%s: hard link to %s", entry->path, entry->link);
  close(to);
  free(own);
  free(what);
}

static void make_folder(Extraction *x, int parent, const char *name, const Entry *entry) {
  struct stat st;
  bool there = fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
  if (there && S_ISDIR(st.st_mode)) return;
  bool hid_lower = there && is_overlay_whiteout(&st);
  if (there && x->keep_dirs) fail("cannot overwrite non-directory \"/%s\" with directory", entry->path);
  if (there) {
    displace(x, parent, name, entry->path);
    parent = place_parent(&x->place, entry->path, "", &name);
  }
  if (mkdirat(parent, name, 0700) < 0) fail_errno(errno, "%s: mkdir", entry->path);
  if (hid_lower && x->layer) set_opaque(parent, name, entry->path);
}

static void set_xattrs(Extraction *x, int parent, const char *name, const Entry *entry) {
  for (size_t i = 0; i < entry->xattr_count; i++) {
    const Xattr *xattr = &entry->xattrs[i];
    if (!strncmp(xattr->name, "trusted.overlay.", 16)) {
      if (x->layer) fail("%s: the attribute %s is overlayfs' own and cannot be in a layer", entry->path, xattr->name);
      continue;
    }
    if (fchdir(parent) < 0) fail_errno(errno, "%s", entry->path);
    if (lsetxattr(name, xattr->name, xattr->value, xattr->size, 0) == 0) continue;
    if (errno != ENOTSUP) fail_errno(errno, "%s: setxattr %s", entry->path, xattr->name);
    warn("%s: the file system keeps no attribute %s", entry->path, xattr->name);
  }
}

static void set_attributes(Extraction *x, int parent, const char *name, const Entry *entry) {
  uid_t uid = x->chown ? x->uid : entry->uid;
  gid_t gid = x->chown ? x->gid : entry->gid;
  if (fchownat(parent, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0) fail_errno(errno, "%s: chown", entry->path);
  mode_t mode = x->chmod ? x->mode : entry->mode;
  if (entry->type != '2' && fchmodat(parent, name, mode, 0) < 0) fail_errno(errno, "%s: chmod", entry->path);
  set_xattrs(x, parent, name, entry);
  struct timespec times[2] = {entry->mtime, entry->mtime};
  if (entry->type == '5') {
    FolderTime *folder = need(malloc(sizeof(*folder)));
    *folder = (FolderTime){need(strdup(entry->path)), entry->mtime, x->folders};
    x->folders = folder;
  } else utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW);
}

static void clear_way(Extraction *x, int *parent, const char **name, const Entry *entry) {
  struct stat st;
  if (fstatat(*parent, *name, &st, AT_SYMLINK_NOFOLLOW) < 0) return;
  if (S_ISDIR(st.st_mode) && x->keep_dirs)
    fail("cannot overwrite directory \"/%s\" with non-directory", entry->path);
  displace(x, *parent, *name, entry->path);
  *parent = place_parent(&x->place, entry->path, "", name);
}

void extract_entry(Extraction *x, TarReader *tar, Entry *entry) {
  const char *name;
  int parent = place_parent(&x->place, entry->path, "", &name);
  if (!strcmp(name, ".") && entry->type != '5') fail("%s: the root is a folder", entry->path);
  if (entry->type == '5') {
    if (strcmp(name, ".")) make_folder(x, parent, name, entry);
  } else clear_way(x, &parent, &name, entry);
  switch (entry->type) {
    case '0': x->content_bytes += write_content(tar, parent, name, entry); break;
    case '1': make_link(x, parent, name, entry); return;
    case '2':
      if (symlinkat(entry->link, parent, name) < 0) fail_errno(errno, "%s: symlink", entry->path);
      break;
    case '5': break;
    default: make_device(x, parent, name, entry);
  }
  parent = place_parent(&x->place, entry->path, "", &name);
  set_attributes(x, parent, name, entry);
}

void extract_end(Extraction *x) {
  while (x->folders) {
    FolderTime *folder = x->folders;
    const char *name;
    struct stat st;
    int parent = place_parent(&x->place, folder->path, "", &name);
    struct timespec times[2] = {folder->mtime, folder->mtime};
    if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
      utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW);
    x->folders = folder->next;
    free(folder->path);
    free(folder);
  }
  place_forget(&x->place);
}
