/*
 * A layer is kept unpacked only: the disk has no room for its tar file as well. What the tree does not say (headers as
 * they were written, padding, order) is a recipe beside it, so `save` makes the very same tar file again, and its digest
 * is still the layer's diff id. (The idea is that of github.com/vbatts/tar-split.)
 *
 * recipe.gz: 'R' size32 bytes, or 'F' size64 inode64 length16 path: the content of that file of the tree. Its inode tells
 * whether a later entry has replaced it; the old file then lies in overwritten/INODE.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "archive.h"

/* Headers are mostly zeros: more effort gains little. */
#define LEVEL "wb4"
#define RAW_BYTES 16384

struct Recipe {
  gzFile file;
  const char *path;
  uint8_t raw[RAW_BYTES];
  uint32_t used;
};

static void put(Recipe *r, const void *data, unsigned size) {
  if (size && gzwrite(r->file, data, size) != (int)size) fail_errno(errno ? errno : ENOSPC, "%s: write", r->path);
}

Recipe *recipe_create(const char *path) {
  Recipe *r = need(calloc(1, sizeof(*r)));
  r->path = path;
  r->file = gzopen(path, LEVEL);
  if (!r->file) fail_errno(errno, "%s", path);
  return r;
}

static void flush(Recipe *r) {
  if (!r->used) return;
  put(r, "R", 1);
  put(r, &r->used, sizeof(r->used));
  put(r, r->raw, r->used);
  r->used = 0;
}

void recipe_raw(Recipe *r, const void *data, size_t size) {
  const uint8_t *from = data;
  while (size) {
    size_t n = RAW_BYTES - r->used < size ? RAW_BYTES - r->used : size;
    memcpy(r->raw + r->used, from, n);
    r->used += (uint32_t)n;
    from += n;
    size -= n;
    if (r->used == RAW_BYTES) flush(r);
  }
}

void recipe_file(Recipe *r, const char *path, uint64_t inode, uint64_t size) {
  flush(r);
  uint16_t length = (uint16_t)strlen(path);
  put(r, "F", 1);
  put(r, &size, sizeof(size));
  put(r, &inode, sizeof(inode));
  put(r, &length, sizeof(length));
  put(r, path, length);
}

void recipe_close(Recipe *r) {
  flush(r);
  if (gzclose(r->file) != Z_OK) fail_errno(errno ? errno : ENOSPC, "%s: write", r->path);
  free(r);
}

static void get(gzFile file, const char *path, void *data, unsigned size) {
  if (size && gzread(file, data, size) != (int)size) fail("%s: broken recipe; load the image again", path);
}

static int open_content(int root, int overwritten, const char *path, uint64_t inode) {
  struct stat st;
  int fd = open_beneath(root, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (fd >= 0 && fstat(fd, &st) == 0 && st.st_ino == inode) return fd;
  if (fd >= 0) close(fd);
  char name[32];
  snprintf(name, sizeof(name), "%llu", (unsigned long long)inode);
  fd = overwritten < 0 ? -1 : openat(overwritten, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) fail("%s: is no longer in the layer; load the image again", path);
  return fd;
}

static void copy_file(int fd, int out, const char *path, uint64_t size) {
  static uint8_t data[65536];
  while (size) {
    ssize_t n = read(fd, data, size < sizeof(data) ? (size_t)size : sizeof(data));
    if (n < 0) fail_errno(errno, "%s: read", path);
    if (n == 0) fail("%s: has become shorter; load the image again", path);
    write_all(out, data, (size_t)n, "standard output");
    size -= (uint64_t)n;
  }
  close(fd);
}

static int open_folder(const char *folder, const char *name) {
  char *path = text("%s/%s", folder, name);
  int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 && errno != ENOENT) fail_errno(errno, "%s", path);
  free(path);
  return fd;
}

void assemble_layer(const char *folder, int out) {
  char *recipe = text("%s/recipe.gz", folder);
  gzFile file = gzopen(recipe, "rb");
  if (!file) fail_errno(errno, "%s", recipe);
  int root = open_folder(folder, "tree"), overwritten = open_folder(folder, "overwritten");
  if (root < 0) fail_errno(ENOENT, "%s/tree", folder);
  uint8_t raw[RAW_BYTES];
  char kind, path[65536];
  while (gzread(file, &kind, 1) == 1) {
    if (kind == 'R') {
      uint32_t size;
      get(file, recipe, &size, sizeof(size));
      if (size > sizeof(raw)) fail("%s: broken recipe; load the image again", recipe);
      get(file, recipe, raw, size);
      write_all(out, raw, size, "standard output");
      continue;
    }
    uint64_t size, inode;
    uint16_t length;
    get(file, recipe, &size, sizeof(size));
    get(file, recipe, &inode, sizeof(inode));
    get(file, recipe, &length, sizeof(length));
    get(file, recipe, path, length);
    path[length] = 0;
    copy_file(open_content(root, overwritten, path, inode), out, path, size);
  }
  gzclose(file);
  close(root);
  if (overwritten >= 0) close(overwritten);
  free(recipe);
}
