/*
 * A layer to a folder that can be overlayfs' lowerdir (OCI image-spec layer.md; Documentation/filesystems/overlayfs.rst):
 * ".wh.NAME" becomes a character device 0/0, ".wh..wh..opq" the attribute trusted.overlay.opaque. Whiteouts speak of
 * lower layers only: a file of the same layer stays, whatever their order.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "archive.h"

#define WHITEOUT ".wh."
#define OPAQUE ".wh..wh..opq"
#define ENTRIES_MOST 500000

bool is_overlay_whiteout(const struct stat *st) {
  return S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0);
}

void set_opaque(int parent, const char *name, const char *path) {
  if (fchdir(parent) < 0 || lsetxattr(name, "trusted.overlay.opaque", "y", 1, 0) < 0)
    fail_errno(errno, "%s: setxattr trusted.overlay.opaque", path);
}

static void hide(Extraction *x, const Entry *entry, const char *hidden) {
  if (!*hidden || !strcmp(hidden, ".") || !strcmp(hidden, "..")) fail("%s: a whiteout of nothing", entry->path);
  const char *name;
  int parent = place_parent(&x->place, entry->path, "", &name);
  struct stat st;
  if (fstatat(parent, hidden, &st, AT_SYMLINK_NOFOLLOW) == 0) {
    if (S_ISDIR(st.st_mode)) set_opaque(parent, hidden, entry->path);
  } else if (mknodat(parent, hidden, S_IFCHR, makedev(0, 0)) < 0) fail_errno(errno, "%s: mknod", entry->path);
}

bool apply_whiteout(Extraction *x, TarReader *tar, Entry *entry) {
  const char *slash = strrchr(entry->path, '/'), *base = slash ? slash + 1 : entry->path;
  if (strncmp(base, WHITEOUT, sizeof(WHITEOUT) - 1)) return false;
  if (!strcmp(base, OPAQUE)) {
    const char *name;
    int parent = place_parent(&x->place, entry->path, "", &name);
    /* O_PATH descriptors take no attributes: by way of "." in it. */
    set_opaque(parent, ".", entry->path);
  } else if (strncmp(base, ".wh..wh.", 8)) { /* AUFS' own notes mean nothing to others */
    char *hidden = need(strdup(base + sizeof(WHITEOUT) - 1));
    hide(x, entry, hidden);
    free(hidden);
  }
  const uint8_t *data;
  while (tar_content(tar, &data, true)) {
  }
  return true;
}

static int new_folder(const char *folder, const char *name) {
  char *path = text("%s/%s", folder, name);
  if (mkdir(path, 0755) < 0) fail_errno(errno, "%s: mkdir", path);
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) fail_errno(errno, "%s", path);
  free(path);
  return fd;
}

void unpack_layer(Stream *input, const char *folder, uint64_t limit, LayerResult *result) {
  Stream *tar_file = stream_expanded(input);
  tar_file->limit = limit;
  if (!tar_file->hash) {
    stream_hash(tar_file);
    sha256_add(tar_file->hash, tar_file->buffer + tar_file->at, tar_file->end - tar_file->at);
  }
  char *recipe_path = text("%s/recipe.gz", folder);
  TarReader tar;
  tar_open(&tar, tar_file, recipe_create(recipe_path));
  Extraction x = {.layer = true};
  x.place.root = new_folder(folder, "tree");
  x.overwritten = new_folder(folder, "overwritten");
  Entry *entry;
  while ((entry = tar_next(&tar))) {
    if (tar.entries > ENTRIES_MOST) fail("%s: more than %d entries are refused", entry->path, ENTRIES_MOST);
    if (!apply_whiteout(&x, &tar, entry)) extract_entry(&x, &tar, entry);
  }
  extract_end(&x);
  recipe_close(tar.recipe);
  result->size = tar_file->taken;
  result->content_bytes = x.content_bytes;
  result->entries = tar.entries;
  sha256_hex(tar_file->hash, result->diff_id);
  tar_close(&tar);
  close(x.place.root);
  close(x.overwritten);
  char *overwritten = text("%s/overwritten", folder);
  rmdir(overwritten); /* mostly empty */
  free(overwritten);
  free(recipe_path);
  stream_skip_all(input);
  if (tar_file == input) memcpy(result->digest, result->diff_id, sizeof(result->digest));
  else {
    if (input->hash) sha256_hex(input->hash, result->digest);
    stream_close(tar_file);
  }
}
