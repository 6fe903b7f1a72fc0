/*
 * Modules that few commands need lie in a file beside the binary, ../libexec/box/verbs.bin as seen from the program, so
 * that a page that boots the guest need not download them. Opened and mapped when the first of them is imported; from then
 * on they are used in place like those in the binary. A program that runs from a mount of its own (protect.c) has only
 * its name to go by. Little-endian; written by runtime-src/build-program.ts:
 *
 *   magic, count          u32 each
 *   build id              16 bytes, the binary's
 *   name, start, end      u32 each, count times, in the order of the names: offsets in the file; names end with NUL
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine.h"

#define FILE_FROM_PROGRAM "/../libexec/box/verbs.bin"
#define USUAL_FILE "/usr/libexec/box/verbs.bin"
#define MAGIC 0x31565842u /* "BXV1" */
#define BUILD_ID_BYTES 16

typedef struct {
  uint32_t magic, count;
  char build_id[BUILD_ID_BYTES];
  struct {
    uint32_t name, start, end;
  } entries[];
} Header;

static ModuleTable table;
static bool mapped;

static bool is_beside(char path[PATH_MAX]) {
  char *slash = strrchr(path, '/');
  if (slash) strcpy(slash, FILE_FROM_PROGRAM);
  return slash && access(path, R_OK) == 0;
}

static void find_file(char path[PATH_MAX]) {
  size_t room = PATH_MAX - sizeof(FILE_FROM_PROGRAM);
  ssize_t length = readlink("/proc/self/exe", path, room);
  path[length < 0 ? 0 : length] = 0;
  if (is_beside(path)) return;
  if (strlen(engine.program) < room && is_beside(strcpy(path, engine.program))) return;
  strcpy(path, USUAL_FILE);
}

static const Header *map_file(const char *path, size_t *size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return NULL;
  struct stat status;
  void *at = MAP_FAILED;
  if (fstat(fd, &status) == 0 && (size_t)status.st_size >= sizeof(Header))
    at = mmap(NULL, *size = status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  close(fd);
  return at == MAP_FAILED ? NULL : at;
}

static bool read_table(const Header *header, size_t size) {
  if (header->magic != MAGIC || memcmp(header->build_id, embedded_build_id, BUILD_ID_BYTES)) return false;
  if (header->count > (size - sizeof(Header)) / sizeof(header->entries[0])) return false;
  EmbeddedModule *modules = calloc(header->count + 1, sizeof(*modules));
  if (!modules) return false;
  const uint8_t *base = (const uint8_t *)header;
  for (uint32_t i = 0; i < header->count; i++) {
    if (header->entries[i].name >= size || header->entries[i].end > size) return false;
    modules[i].name = (const char *)base + header->entries[i].name;
    modules[i].start = base + header->entries[i].start;
    modules[i].end = base + header->entries[i].end;
  }
  table = (ModuleTable){modules, header->count};
  return true;
}

const ModuleTable *rare_modules(JSContext *ctx) {
  if (mapped) return &table;
  char path[PATH_MAX] = "";
  size_t size = 0;
  find_file(path);
  const Header *header = map_file(path, &size);
  if (!header) {
    JS_ThrowReferenceError(ctx, "%s: %s", path, strerror(errno));
    return NULL;
  }
  mapped = read_table(header, size);
  if (mapped) return &table;
  JS_ThrowReferenceError(ctx, "%s: is not of this build of the program; install both anew", path);
  return NULL;
}
