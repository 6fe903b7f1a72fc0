/*
 * A folder as a tar file: `docker export` and `cp` of what a container sees, `commit` of what it has changed. With
 * --layer the folder is an overlayfs upper and its marks become the spec's whiteouts; with --one-file-system what is
 * mounted there (proc, volumes, /etc/hosts) is an empty entry, as docker exports it. Hard links stay hard links.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "archive.h"

#define XATTR_BYTES 65536
#define LINK_BUCKETS 1024

typedef struct Linked {
  dev_t dev;
  ino_t inode;
  char *path;
  struct Linked *next;
} Linked;

typedef struct {
  TarWriter writer;
  const Options *options;
  const char *without; /* paths that are left out, each between newlines */
  Linked *linked[LINK_BUCKETS];
} Pack;

static void read_xattrs(int folder, const char *name, Entry *entry) {
  static char names[XATTR_BYTES];
  static uint8_t value[XATTR_BYTES];
  if (fchdir(folder) < 0) return;
  ssize_t size = llistxattr(name, names, sizeof(names));
  for (ssize_t at = 0; at < size; at += (ssize_t)strlen(names + at) + 1) {
    if (!strncmp(names + at, "trusted.overlay.", 16)) continue;
    ssize_t n = lgetxattr(name, names + at, value, sizeof(value));
    if (n < 0) continue;
    entry->xattrs = need(realloc(entry->xattrs, (entry->xattr_count + 1) * sizeof(Xattr)));
    Xattr *xattr = &entry->xattrs[entry->xattr_count++];
    *xattr = (Xattr){need(strdup(names + at)), need(malloc((size_t)n + 1)), (size_t)n};
    memcpy(xattr->value, value, (size_t)n);
  }
}

static bool is_opaque(int folder, const char *name) {
  char value[2];
  return fchdir(folder) == 0 && lgetxattr(name, "trusted.overlay.opaque", value, sizeof(value)) == 1 && *value == 'y';
}

static bool is_mount_root(int folder, const char *name) {
  struct statx st;
  if (syscall(SYS_statx, folder, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st) < 0) return false;
  return (st.stx_attributes & st.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0;
}

/* The path of the first link to the same file, NULL when this is it. */
static const char *first_link(Pack *p, const struct stat *st, const char *path) {
  if (st->st_nlink < 2 || S_ISDIR(st->st_mode)) return NULL;
  Linked **bucket = &p->linked[st->st_ino % LINK_BUCKETS];
  for (Linked *l = *bucket; l; l = l->next)
    if (l->dev == st->st_dev && l->inode == st->st_ino) return l->path;
  Linked *made = need(malloc(sizeof(*made)));
  *made = (Linked){st->st_dev, st->st_ino, need(strdup(path)), *bucket};
  *bucket = made;
  return NULL;
}

static void free_entry(Entry *entry) {
  free(entry->link);
  free(entry->path);
  for (size_t i = 0; i < entry->xattr_count; i++) {
    free(entry->xattrs[i].name);
    free(entry->xattrs[i].value);
  }
  free(entry->xattrs);
}

static void put_content(Pack *p, int folder, const char *name, const char *path, uint64_t size) {
  static uint8_t data[65536];
  int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) fail_errno(errno, "%s: open", path);
  uint64_t left = size;
  while (left) {
    ssize_t n = read(fd, data, left < sizeof(data) ? (size_t)left : sizeof(data));
    if (n < 0) fail_errno(errno, "%s: read", path);
    /* Cut while it was read: zeros, as tar(1) does, since the header has said how much there is. */
    if (n == 0) memset(data, 0, sizeof(data)), n = left < sizeof(data) ? (ssize_t)left : (ssize_t)sizeof(data);
    tar_put(&p->writer, data, (size_t)n);
    left -= (uint64_t)n;
  }
  close(fd);
  tar_pad(&p->writer, size);
}

static void put_mark(Pack *p, const char *folder, const char *name, const struct stat *st) {
  char *slash = *folder ? "/" : "";
  Entry mark = {.path = text("%s%s.wh.%s", folder, slash, name), .type = '0', .mode = 0600};
  mark.mtime.tv_sec = st->st_mtime;
  tar_header(&p->writer, &mark);
  free(mark.path);
}

static char *link_text(int folder, const char *name, const char *path, off_t size) {
  char *target = need(malloc((size_t)size + 2));
  ssize_t n = readlinkat(folder, name, target, (size_t)size + 1);
  if (n < 0) fail_errno(errno, "%s: readlink", path);
  target[n] = 0;
  return target;
}

static void put_entry(Pack *p, int folder, const char *name, const char *path, const struct stat *st, bool mounted) {
  const char *link = first_link(p, st, path);
  Entry e = {.mode = st->st_mode & 07777, .uid = st->st_uid, .gid = st->st_gid, .mtime = {.tv_sec = st->st_mtime}};
  if (p->options->no_times) e.mtime.tv_sec = 0;
  if (p->options->chown) e.uid = p->options->uid, e.gid = p->options->gid;
  if (link) e.type = '1', e.link = need(strdup(link));
  else if (S_ISREG(st->st_mode)) e.type = '0', e.size = mounted ? 0 : (uint64_t)st->st_size;
  else if (S_ISDIR(st->st_mode)) e.type = '5';
  else if (S_ISLNK(st->st_mode)) e.type = '2', e.link = link_text(folder, name, path, st->st_size);
  else if (S_ISFIFO(st->st_mode)) e.type = '6';
  else e.type = S_ISCHR(st->st_mode) ? '3' : '4', e.major = major(st->st_rdev), e.minor = minor(st->st_rdev);
  e.path = text(e.type == '5' ? "%s/" : "%s", path);
  if (e.type != '1') read_xattrs(folder, name, &e);
  tar_header(&p->writer, &e);
  if (e.type == '0' && e.size) put_content(p, folder, name, path, e.size);
  free_entry(&e);
}

static bool is_left_out(Pack *p, const char *path) {
  char *line = text("\n%s\n", path);
  bool found = strstr(p->without, line) != NULL;
  free(line);
  return found;
}

char *read_list(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) fail_errno(errno, "%s", path);
  char *list = need(strdup("\n")), *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, file) > 0) {
    char *longer = text("%s%s", list, line);
    free(list);
    list = longer;
  }
  free(line);
  fclose(file);
  return list;
}

static void pack_name(void *pack, int folder, const char *name, const char *path) {
  Pack *p = pack;
  struct stat st;
  if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
    if (errno == ENOENT) return; /* gone since its folder was read */
    fail_errno(errno, "%s", path);
  }
  if (p->without && is_left_out(p, path)) return;
  if (S_ISSOCK(st.st_mode)) return; /* tar has no type for it, and nobody would listen */
  if (p->options->layer && is_overlay_whiteout(&st)) {
    const char *slash = strrchr(path, '/');
    char *parent = slash ? need(strndup(path, (size_t)(slash - path))) : need(strdup(""));
    put_mark(p, parent, name, &st);
    free(parent);
    return;
  }
  bool mounted = p->options->one_file_system && is_mount_root(folder, name);
  put_entry(p, folder, name, path, &st, mounted);
  if (!S_ISDIR(st.st_mode) || mounted) return;
  if (p->options->layer && is_opaque(folder, name)) put_mark(p, path, ".wh..opq", &st);
  int inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (inner < 0) fail_errno(errno, "%s", path);
  each_name(inner, path, pack_name, p);
  close(inner);
}

/* In the root, which is "/" by now. A path is followed to its last name, not further, unless it ends in a slash or dot. */
static int open_parent(const char *path, char **name) {
  char *copy = need(strdup(path)), *slash = strrchr(copy, '/');
  *name = need(strdup(slash ? slash + 1 : copy));
  if (slash) slash[slash == copy] = 0;
  int fd = open(slash ? copy : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) fail_errno(errno, "%s", path);
  free(copy);
  return fd;
}

void pack(const Options *o) {
  static Pack p;
  p.options = o;
  p.without = o->without;
  tar_begin(&p.writer, STDOUT_FILENO, true);
  if (!o->path) {
    int root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) fail_errno(errno, "%s", o->root);
    if (o->layer && is_opaque(root, ".")) put_mark(&p, "", ".wh..opq", &(struct stat){0});
    each_name(root, "", pack_name, &p);
  } else {
    char *name, *path = o->follow ? realpath(o->path, NULL) : strdup(o->path);
    if (!path) fail_errno(errno, "%s", o->path);
    int parent = open_parent(path, &name);
    if (!*name) name = ".";
    if (!o->as || !*o->as) each_name(openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "", pack_name, &p);
    else pack_name(&p, parent, name, o->as);
  }
  tar_end(&p.writer);
  char hex[HEX_DIGITS + 1];
  sha256_hex(&p.writer.hash, hex);
  fprintf(stderr, "%s %llu\n", hex, (unsigned long long)p.writer.size);
}
