/*
 * `docker load`: a docker-archive or an OCI layout in one pass, from a pipe too. Which file is a layer is only known at
 * the end, from manifests that may come last, so each file that is a tar file is unpacked at once into a folder of its
 * own, and small ones are kept; the caller reads the manifests and takes what they name. No tar file is ever stored.
 *
 * One line a file on standard output, parts separated by tabs:
 *   layer N NAME DIGEST DIFF-ID SIZE CONTENT   unpacked in FOLDER/N
 *   have  - NAME - DIFF-ID - -                 content not read: a layer of that digest is in --have
 *   file  N NAME DIGEST - SIZE -               kept as FOLDER/N
 *   link  - NAME TARGET - - -
 *   other - NAME - - SIZE -                    neither: read past
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive.h"

#define FILE_MOST (4 << 20)
#define FILES_MOST 4096
#define BLOBS "blobs/sha256/"

static bool is_layer(Stream *part) {
  size_t n = stream_peek(part, BLOCK);
  const uint8_t *head = part->buffer + part->at;
  if (n >= 4 && (!memcmp(head, "\x1f\x8b", 2) || !memcmp(head, "\x28\xb5\x2f\xfd", 4))) return true;
  return n == BLOCK && is_tar(head);
}

static bool is_there(const char *have, const char *name) {
  if (!have || strncmp(name, BLOBS, sizeof(BLOBS) - 1) || strlen(name) != sizeof(BLOBS) - 1 + HEX_DIGITS) return false;
  const char *hex = name + sizeof(BLOBS) - 1;
  if (strspn(hex, "0123456789abcdef") != HEX_DIGITS) return false;
  char *folders = need(strdup(have)), *rest = folders, *folder;
  bool there = false;
  while (!there && (folder = strsep(&rest, ":"))) {
    char *path = text("%s/%s", folder, hex);
    there = access(path, F_OK) == 0;
    free(path);
  }
  free(folders);
  return there;
}

static void keep(Stream *part, const char *folder, unsigned n, const char *name, uint64_t size) {
  char *path = text("%s/%u", folder, n), hex[HEX_DIGITS + 1];
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) fail_errno(errno, "%s", path);
  const uint8_t *data;
  for (size_t got; (got = stream_take(part, &data, FILE_MOST));) write_all(fd, data, got, path);
  close(fd);
  sha256_hex(part->hash, hex);
  printf("file\t%u\t%s\t%s\t-\t%llu\t-\n", n, name, hex, (unsigned long long)size);
  free(path);
}

static void unpack(Stream *part, const Options *o, unsigned n, const char *name) {
  char *folder = text("%s/%u", o->folder, n);
  LayerResult result = {0};
  if (mkdir(folder, 0700) < 0) fail_errno(errno, "%s", folder);
  unpack_layer(part, folder, o->limit, &result);
  printf("layer\t%u\t%s\t%s\t%s\t%llu\t%llu\n", n, name, result.digest, result.diff_id,
         (unsigned long long)result.size, (unsigned long long)result.content_bytes);
  free(folder);
}

static void take_file(TarReader *tar, const Options *o, unsigned n, const char *name) {
  uint64_t size = tar->entry.size;
  if (is_there(o->have, name)) {
    printf("have\t-\t%s\t-\t%s\t-\t-\n", name, name + sizeof(BLOBS) - 1);
    return;
  }
  Stream *part = stream_of_part(tar->input, size, name);
  stream_hash(part);
  tar->left = 0;
  if (size && is_layer(part)) unpack(part, o, n, name);
  else if (size <= FILE_MOST) keep(part, o->folder, n, name, size);
  else {
    stream_skip_all(part);
    printf("other\t-\t%s\t-\t-\t%llu\t-\n", name, (unsigned long long)size);
  }
  stream_close(part);
}

void load(const Options *o) {
  Stream *packed = stream_of_fd(STDIN_FILENO, "archive"), *whole = stream_expanded(packed);
  TarReader tar;
  tar_open(&tar, whole, NULL);
  Entry *entry;
  unsigned n = 0;
  while ((entry = tar_next(&tar))) {
    if (++n > FILES_MOST) fail("%s: more than %d entries are refused", entry->path, FILES_MOST);
    const char *name = strncmp(entry->path, "./", 2) ? entry->path : entry->path + 2;
    if (strpbrk(name, "\t\n")) fail("archive: entry %u has a name that no image has", n);
    if (entry->type == '0') take_file(&tar, o, n, name);
    else if (entry->type == '1' || entry->type == '2') {
      if (strpbrk(entry->link, "\t\n")) fail("%s: no image has such a link", name);
      printf("link\t-\t%s\t%s\t-\t-\t-\n", name, entry->link);
    }
  }
  tar_close(&tar);
  if (whole != packed) stream_skip_all(packed);
}
