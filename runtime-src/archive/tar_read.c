/*
 * Tar headers: POSIX ustar and pax (pax(1)), GNU long names, base-256 numbers (tar(5)). A header that cannot be is an
 * error with its place; nothing of a name or a record is believed to be short. Sparse files are refused: their content
 * is not what the header's size says.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "archive.h"

/* For names, records and attributes together, of one entry. */
#define RECORDS_MOST (1 << 20)

typedef struct {
  char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
  char magic[6], version[2], uname[32], gname[32], major[8], minor[8], prefix[155], pad[12];
} Header;

typedef struct PaxRecord {
  char *key;
  uint8_t *value;
  size_t size;
  struct PaxRecord *next;
} PaxRecord;

static void free_records(PaxRecord **list) {
  while (*list) {
    PaxRecord *record = *list;
    *list = record->next;
    free(record->key);
    free(record->value);
    free(record);
  }
}

static bool is_zero(const uint8_t *block) {
  for (int i = 0; i < BLOCK; i++)
    if (block[i]) return false;
  return true;
}

static bool checksum_holds(const uint8_t *block) {
  const Header *h = (const Header *)block;
  long wanted = strtol((char[9]){h->checksum[0], h->checksum[1], h->checksum[2], h->checksum[3], h->checksum[4],
                                 h->checksum[5], h->checksum[6], h->checksum[7], 0},
                       NULL, 8);
  long as_unsigned = 0, as_signed = 0;
  for (size_t i = 0; i < BLOCK; i++) {
    bool inside = i >= offsetof(Header, checksum) && i < offsetof(Header, checksum) + 8;
    as_unsigned += inside ? ' ' : block[i];
    as_signed += inside ? ' ' : (int8_t)block[i];
  }
  return wanted == as_unsigned || wanted == as_signed;
}

bool is_tar(const uint8_t *block) {
  return is_zero(block) || checksum_holds(block);
}

/* Octal, or base-256 when the first bit is set; what is neither is an error. */
static int64_t number(TarReader *tar, const char *field, size_t size, const char *what) {
  const uint8_t *digits = (const uint8_t *)field;
  if (digits[0] & 0x80) {
    uint64_t value = digits[0] & 0x40 ? UINT64_MAX : 0;
    value = value << 6 | (digits[0] & 0x3f);
    for (size_t i = 1; i < size; i++) {
      uint64_t top = value >> 55;
      if (top != 0 && top != 0x1ff) fail("%s: entry %llu: %s is out of range", tar->input->name,
                                         (unsigned long long)tar->entries, what);
      value = value << 8 | digits[i];
    }
    return (int64_t)value;
  }
  size_t at = 0;
  while (at < size && (digits[at] == ' ' || !digits[at])) at++;
  int64_t value = 0;
  for (; at < size && digits[at] && digits[at] != ' '; at++) {
    if (digits[at] < '0' || digits[at] > '7')
      fail("%s: entry %llu: %s is not a number", tar->input->name, (unsigned long long)tar->entries, what);
    value = value << 3 | (digits[at] - '0');
  }
  return value;
}

static void read_block(TarReader *tar, uint8_t *block) {
  size_t n = stream_read(tar->input, block, BLOCK);
  if (tar->recipe) recipe_raw(tar->recipe, block, n);
  if (n < BLOCK) fail("%s: unexpected end of the archive at entry %llu", tar->input->name,
                      (unsigned long long)tar->entries);
}

/* The content of a header that only says something about the next one, with a NUL behind it. */
static uint8_t *records_of(TarReader *tar, uint64_t size) {
  if (size > RECORDS_MOST)
    fail("%s: entry %llu: %llu bytes of records: more than %d are refused", tar->input->name,
         (unsigned long long)tar->entries, (unsigned long long)size, RECORDS_MOST);
  size_t padded = ((size_t)size + BLOCK - 1) / BLOCK * BLOCK;
  uint8_t *data = need(malloc(padded + 1));
  for (size_t at = 0; at < padded; at += BLOCK) read_block(tar, data + at);
  data[size] = 0;
  return data;
}

/* "LENGTH KEY=VALUE\n", one after the other. */
static void parse_pax(TarReader *tar, const uint8_t *data, size_t size, PaxRecord **list) {
  size_t at = 0;
  while (at < size) {
    size_t length = 0, digits = at;
    while (digits < size && data[digits] >= '0' && data[digits] <= '9' && length <= RECORDS_MOST)
      length = length * 10 + (data[digits++] - '0');
    const uint8_t *key = data + digits + 1, *equals = NULL;
    if (digits > at && digits < size && data[digits] == ' ' && length > digits - at + 2 && length <= size - at &&
        data[at + length - 1] == '\n')
      equals = memchr(key, '=', at + length - 1 - (digits + 1));
    if (!equals) fail("%s: entry %llu: broken pax record", tar->input->name, (unsigned long long)tar->entries);
    PaxRecord *record = need(calloc(1, sizeof(*record)));
    record->key = need(strndup((const char *)key, (size_t)(equals - key)));
    record->size = (size_t)(data + at + length - 1 - (equals + 1));
    record->value = need(malloc(record->size + 1));
    memcpy(record->value, equals + 1, record->size);
    record->value[record->size] = 0;
    record->next = *list;
    *list = record;
    at += length;
  }
}

static uint64_t pax_number(TarReader *tar, const PaxRecord *record) {
  char *end;
  errno = 0;
  unsigned long long value = strtoull((char *)record->value, &end, 10);
  if (errno || *end || !record->size || *record->value == '-' || value > INT64_MAX)
    fail("%s: entry %llu: pax %s is not a number", tar->input->name, (unsigned long long)tar->entries, record->key);
  return value;
}

static struct timespec pax_time(const PaxRecord *record) {
  char *end;
  struct timespec time = {.tv_sec = strtoll((char *)record->value, &end, 10)};
  if (*end == '.') {
    long unit = 100000000;
    for (end++; *end >= '0' && *end <= '9' && unit; end++, unit /= 10) time.tv_nsec += (*end - '0') * unit;
    if (*record->value == '-' && time.tv_nsec) time.tv_sec--, time.tv_nsec = 1000000000 - time.tv_nsec;
  }
  return time;
}

static void set_text(TarReader *tar, char **field, const uint8_t *value, size_t size) {
  if (memchr(value, 0, size))
    fail("%s: entry %llu: a name has a null byte", tar->input->name, (unsigned long long)tar->entries);
  free(*field);
  *field = need(strndup((const char *)value, size));
}

static void add_xattr(Entry *entry, const char *name, const PaxRecord *record) {
  for (size_t i = 0; i < entry->xattr_count; i++)
    if (!strcmp(entry->xattrs[i].name, name)) return; /* the list begins with the last record */
  entry->xattrs = need(realloc(entry->xattrs, (entry->xattr_count + 1) * sizeof(Xattr)));
  Xattr *xattr = &entry->xattrs[entry->xattr_count++];
  xattr->name = need(strdup(name));
  xattr->value = need(malloc(record->size + 1));
  memcpy(xattr->value, record->value, record->size);
  xattr->size = record->size;
}

static const PaxRecord *find(const PaxRecord *list, const char *key) {
  for (; list; list = list->next)
    if (!strcmp(list->key, key)) return list;
  return NULL;
}

static const PaxRecord *pax(const TarReader *tar, const char *key) {
  const PaxRecord *record = find(tar->local, key);
  if (!record) record = find(tar->global, key);
  return record && record->size ? record : NULL;
}

static void apply_pax(TarReader *tar, Entry *entry) {
  const PaxRecord *record;
  if ((record = pax(tar, "path"))) set_text(tar, &entry->path, record->value, record->size);
  if ((record = pax(tar, "linkpath"))) set_text(tar, &entry->link, record->value, record->size);
  if ((record = pax(tar, "size"))) entry->size = pax_number(tar, record);
  if ((record = pax(tar, "uid"))) entry->uid = (uid_t)pax_number(tar, record);
  if ((record = pax(tar, "gid"))) entry->gid = (gid_t)pax_number(tar, record);
  if ((record = pax(tar, "mtime"))) entry->mtime = pax_time(record);
  static const char prefix[] = "SCHILY.xattr.";
  for (record = tar->local; record; record = record->next) {
    if (!strncmp(record->key, "GNU.sparse.", 11)) fail("%s: sparse files are not supported", entry->path);
    if (!strncmp(record->key, prefix, sizeof(prefix) - 1)) add_xattr(entry, record->key + sizeof(prefix) - 1, record);
  }
}

static void clear_entry(Entry *entry) {
  free(entry->path);
  free(entry->link);
  for (size_t i = 0; i < entry->xattr_count; i++) {
    free(entry->xattrs[i].name);
    free(entry->xattrs[i].value);
  }
  free(entry->xattrs);
  *entry = (Entry){0};
}

static char *header_path(const Header *h) {
  if (memcmp(h->magic, "ustar\0", 6) || !h->prefix[0]) return text("%.100s", h->name);
  return text("%.155s/%.100s", h->prefix, h->name);
}

static void read_fields(TarReader *tar, const Header *h, Entry *entry) {
  if (!entry->path) entry->path = header_path(h);
  if (!entry->link) entry->link = text("%.100s", h->link);
  entry->mode = (mode_t)(number(tar, h->mode, sizeof(h->mode), "the mode") & 07777);
  entry->uid = (uid_t)number(tar, h->uid, sizeof(h->uid), "the owner");
  entry->gid = (gid_t)number(tar, h->gid, sizeof(h->gid), "the group");
  entry->mtime.tv_sec = number(tar, h->mtime, sizeof(h->mtime), "the time");
  if (h->type == '3' || h->type == '4') {
    entry->major = (unsigned)number(tar, h->major, sizeof(h->major), "the device");
    entry->minor = (unsigned)number(tar, h->minor, sizeof(h->minor), "the device");
  }
}

static void finish_entry(TarReader *tar, char type, Entry *entry) {
  bool slash = entry->path[0] && entry->path[strlen(entry->path) - 1] == '/';
  entry->type = type == 0 || type == '7' ? '0' : type;
  if (entry->type == '0' && slash) entry->type = '5';
  apply_pax(tar, entry);
  if (!entry->path[0]) fail("%s: entry %llu has no name", tar->input->name, (unsigned long long)tar->entries);
  if (type == 'S') fail("%s: sparse files are not supported", entry->path);
  if (!strchr("0123456", entry->type)) fail("%s: entries of type '%c' are not supported", entry->path, entry->type);
  if (entry->type != '0') entry->size = 0;
  tar->left = entry->size;
  tar->padding = (unsigned)((BLOCK - entry->size % BLOCK) % BLOCK);
  free_records(&tar->local);
}

/* What lies behind the end belongs to the file all the same: its hash and its recipe want it. */
static void read_rest(TarReader *tar) {
  const uint8_t *data;
  size_t n;
  while ((n = stream_take(tar->input, &data, UINT64_MAX)))
    if (tar->recipe) recipe_raw(tar->recipe, data, n);
}

static void skip_content(TarReader *tar) {
  const uint8_t *data;
  while (tar_content(tar, &data, true)) {
  }
}

Entry *tar_next(TarReader *tar) {
  Entry *entry = &tar->entry;
  skip_content(tar);
  clear_entry(entry);
  for (;;) {
    uint8_t block[BLOCK];
    if (!stream_peek(tar->input, 1)) {
      if (tar->entries == 0) fail("%s: is empty, not a tar archive", tar->input->name);
      return NULL;
    }
    read_block(tar, block);
    if (is_zero(block)) {
      read_rest(tar);
      return NULL;
    }
    tar->entries++;
    if (!checksum_holds(block))
      fail("%s: invalid tar header at entry %llu", tar->input->name, (unsigned long long)tar->entries);
    const Header *h = (const Header *)block;
    int64_t size = number(tar, h->size, sizeof(h->size), "the size");
    if (size < 0) fail("%s: entry %llu: a negative size", tar->input->name, (unsigned long long)tar->entries);
    uint8_t *records;
    switch (h->type) {
      case 'x':
      case 'g':
        records = records_of(tar, (uint64_t)size);
        parse_pax(tar, records, (size_t)size, h->type == 'x' ? &tar->local : &tar->global);
        free(records);
        continue;
      case 'L':
      case 'K':
        records = records_of(tar, (uint64_t)size);
        free(h->type == 'L' ? entry->path : entry->link);
        *(h->type == 'L' ? &entry->path : &entry->link) = (char *)records;
        continue;
      default:
        read_fields(tar, h, entry);
        entry->size = (uint64_t)size;
        finish_entry(tar, h->type, entry);
        return entry;
    }
  }
}

size_t tar_content(TarReader *tar, const uint8_t **data, bool raw) {
  if (tar->left) {
    size_t n = stream_take(tar->input, data, tar->left);
    if (!n) fail("%s: %s: unexpected end of the archive", tar->input->name, tar->entry.path);
    tar->left -= n;
    if (raw && tar->recipe) recipe_raw(tar->recipe, *data, n);
    return n;
  }
  uint8_t padding[BLOCK];
  size_t n = stream_read(tar->input, padding, tar->padding);
  if (tar->recipe) recipe_raw(tar->recipe, padding, n);
  /* Some writers leave the last padding out. */
  tar->padding = 0;
  return 0;
}

void tar_open(TarReader *tar, Stream *input, Recipe *recipe) {
  *tar = (TarReader){.input = input, .recipe = recipe};
}

void tar_close(TarReader *tar) {
  clear_entry(&tar->entry);
  free_records(&tar->local);
  free_records(&tar->global);
}
