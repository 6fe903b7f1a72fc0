/*
 * Tar headers on their way out: ustar, and before it a pax header (pax(1)) for what ustar has no room for: long names,
 * large numbers, extended attributes. Everything written is counted, and
 * hashed where somebody wants to know.
 */
#include <stdio.h>
#include <stdlib.h>

#include "archive.h"

#define OCTAL_ID_MOST 07777777
#define OCTAL_SIZE_MOST 077777777777ULL

static void flush(TarWriter *w) {
  if (w->hashed) sha256_add(&w->hash, w->buffer, w->used);
  write_all(w->fd, w->buffer, w->used, "standard output");
  w->used = 0;
}

void tar_begin(TarWriter *w, int fd, bool hashed) {
  w->hashed = hashed;
  w->fd = fd;
  w->size = w->used = 0;
  sha256_begin(&w->hash);
}

void tar_put(TarWriter *w, const void *data, size_t size) {
  const uint8_t *from = data;
  w->size += size;
  while (size) {
    size_t n = sizeof(w->buffer) - w->used < size ? sizeof(w->buffer) - w->used : size;
    memcpy(w->buffer + w->used, from, n);
    w->used += n;
    from += n;
    size -= n;
    if (w->used == sizeof(w->buffer)) flush(w);
  }
}

void tar_pad(TarWriter *w, uint64_t size) {
  static const uint8_t zeros[BLOCK];
  tar_put(w, zeros, (size_t)((BLOCK - size % BLOCK) % BLOCK));
}

void tar_end(TarWriter *w) {
  static const uint8_t zeros[2 * BLOCK];
  tar_put(w, zeros, sizeof(zeros));
  flush(w);
}

static void octal(char *field, size_t size, uint64_t value) {
  field[size - 1] = 0;
  for (size_t i = size - 1; i-- > 0; value >>= 3) field[i] = (char)('0' + (value & 7));
}

/* "LENGTH KEY=VALUE\n", LENGTH counting itself. */
static void add_record(char **records, size_t *used, const char *key, const void *value, size_t size) {
  size_t rest = strlen(key) + size + 3, length = rest + 1;
  for (size_t digits = 1, most = 10; length >= most; digits++, most *= 10) length = rest + digits + 1;
  *records = need(realloc(*records, *used + length + 1));
  size_t head = (size_t)sprintf(*records + *used, "%zu %s=", length, key);
  memcpy(*records + *used + head, value, size);
  (*records)[*used + length - 1] = '\n';
  *used += length;
}

static void add_number(char **records, size_t *used, const char *key, uint64_t value) {
  char digits[24];
  int size = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
  add_record(records, used, key, digits, (size_t)size);
}

static void write_block(TarWriter *w, const char *path, const char *link, const Entry *e, char type, uint64_t size) {
  struct {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
    char magic[6], version[2], uname[32], gname[32], major[8], minor[8], prefix[155], pad[12];
  } h = {0};
  _Static_assert(sizeof(h) == BLOCK, "a header is one block");
  memcpy(h.name, path, strnlen(path, sizeof(h.name)));
  memcpy(h.link, link, strnlen(link, sizeof(h.link)));
  octal(h.mode, sizeof(h.mode), e->mode & 07777);
  octal(h.uid, sizeof(h.uid), e->uid > OCTAL_ID_MOST ? 0 : e->uid);
  octal(h.gid, sizeof(h.gid), e->gid > OCTAL_ID_MOST ? 0 : e->gid);
  octal(h.size, sizeof(h.size), size > OCTAL_SIZE_MOST ? 0 : size);
  octal(h.mtime, sizeof(h.mtime), e->mtime.tv_sec < 0 ? 0 : (uint64_t)e->mtime.tv_sec);
  h.type = type;
  memcpy(h.magic, "ustar", 6);
  memcpy(h.version, "00", 2);
  octal(h.major, sizeof(h.major), type == '3' || type == '4' ? e->major : 0);
  octal(h.minor, sizeof(h.minor), type == '3' || type == '4' ? e->minor : 0);
  memset(h.checksum, ' ', sizeof(h.checksum));
  uint32_t sum = 0;
  for (size_t i = 0; i < sizeof(h); i++) sum += ((uint8_t *)&h)[i];
  octal(h.checksum, 7, sum);
  h.checksum[7] = ' ';
  tar_put(w, &h, sizeof(h));
}

static bool is_ascii(const char *s) {
  for (; *s; s++)
    if (*s & 0x80) return false;
  return true;
}

void tar_header(TarWriter *w, const Entry *e) {
  const char *link = e->link ? e->link : "";
  char *records = NULL;
  size_t used = 0;
  if (strlen(e->path) > 100 || !is_ascii(e->path)) add_record(&records, &used, "path", e->path, strlen(e->path));
  if (strlen(link) > 100 || !is_ascii(link)) add_record(&records, &used, "linkpath", link, strlen(link));
  if (e->uid > OCTAL_ID_MOST) add_number(&records, &used, "uid", e->uid);
  if (e->gid > OCTAL_ID_MOST) add_number(&records, &used, "gid", e->gid);
  if (e->size > OCTAL_SIZE_MOST) add_number(&records, &used, "size", e->size);
  for (size_t i = 0; i < e->xattr_count; i++) {
    char *key = text("SCHILY.xattr.%s", e->xattrs[i].name);
    add_record(&records, &used, key, e->xattrs[i].value, e->xattrs[i].size);
    free(key);
  }
  if (used) {
    Entry about = {.mode = 0644, .mtime = e->mtime};
    const char *slash = strrchr(e->path, '/');
    char *name = text("PaxHeaders/%s", slash && slash[1] ? slash + 1 : "entry");
    write_block(w, name, "", &about, 'x', used);
    tar_put(w, records, used);
    tar_pad(w, used);
    free(name);
    free(records);
  }
  write_block(w, e->path, link, e, e->type, e->type == '0' ? e->size : 0);
}
