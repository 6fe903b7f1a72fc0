/*
 * Memory for QuickJS: blocks from free lists by size, cut from chunks that are never given back; the largest from
 * malloc(3). glibc's malloc and the question how much it really gave took a quarter of the time of a short command, and
 * musl's gives pages back to the kernel and takes them again while a text grows.
 * A chunk's pages come with it (MAP_POPULATE): one by one, each would be a page fault.
 *
 * A forked worker starts afresh (allocator_start_fresh): it allocates from a chunk of its own instead of the holes in
 * its parent's pages, and leaves freed blocks of its parent alone, since each page of the parent's that it writes to is
 * a page fault and a copy.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine.h"

#define GRAIN_BYTES 16
/* Up to here each multiple of a grain is a class, then there are four from one power of two to the next. */
#define SMALL_BYTES 512
#define LARGEST_BYTES 8192
#define CHUNK_BYTES 65536
#define SMALL_CLASSES (SMALL_BYTES / GRAIN_BYTES + 1)
#define CLASSES (SMALL_CLASSES + 4 * 4)

/* Eight bytes, which keeps values aligned. */
typedef struct {
  uint32_t capacity; /* what follows, in bytes; above LARGEST_BYTES it came from malloc */
  uint32_t generation; /* of the process that cut it */
} Header;

typedef struct FreeBlock {
  struct FreeBlock *next;
} FreeBlock;

static FreeBlock *free_blocks[CLASSES];
/* Where blocks are cut from. In a resident each size has its own place, so that what every fork writes to (the reference
 * counts of objects) lies together on few pages; elsewhere there is one place for all. */
static struct {
  char *at, *end;
} spans[CLASSES];
#define SPAN_BYTES 4096
static bool is_sorted;
/* Forks that start afresh count it up: what has another number is the parent's. */
static uint32_t generation;

static Header *header_of(const void *block) { return (Header *)((char *)(uintptr_t)block - sizeof(Header)); }

static unsigned class_of(size_t size) {
  if (size <= SMALL_BYTES) return (size + GRAIN_BYTES - 1) / GRAIN_BYTES;
  unsigned class = SMALL_CLASSES;
  size_t base = SMALL_BYTES;
  for (; size > 2 * base; base *= 2) class += 4;
  return class + (size - base - 1) / (base / 4);
}

static size_t capacity_of(unsigned class) {
  if (class < SMALL_CLASSES) return class * GRAIN_BYTES;
  unsigned step = class - SMALL_CLASSES;
  size_t base = SMALL_BYTES << step / 4;
  return base + base / 4 * (step % 4 + 1);
}

static bool take_memory(size_t size, char **at, char **end) {
  static char *chunk_at, *chunk_end;
  if (!is_sorted || chunk_at + size > chunk_end) {
    char *chunk = mmap(NULL, CHUNK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (chunk == MAP_FAILED) return false;
    chunk_at = chunk;
    chunk_end = chunk + CHUNK_BYTES;
  }
  *at = chunk_at;
  *end = chunk_at += size;
  return true;
}

static void *cut_block(unsigned class) {
  size_t capacity = capacity_of(class), size = sizeof(Header) + capacity;
  unsigned span = is_sorted ? class : 0;
  size_t fresh = !is_sorted ? CHUNK_BYTES : size > SPAN_BYTES ? size : SPAN_BYTES;
  if (spans[span].at + size > spans[span].end && !take_memory(fresh, &spans[span].at, &spans[span].end)) return NULL;
  Header *header = (Header *)spans[span].at;
  spans[span].at += size;
  *header = (Header){capacity, generation};
  return header + 1;
}

static void *allocate(JSMallocState *s, size_t size) {
  void *block;
  if (size <= LARGEST_BYTES) {
    unsigned class = class_of(size);
    FreeBlock *head = free_blocks[class];
    if (head) free_blocks[class] = head->next;
    block = head ? head : cut_block(class);
    if (!block) return NULL;
  } else {
    if (s->malloc_size + size > s->malloc_limit) return NULL;
    Header *header = malloc(sizeof(Header) + size);
    if (!header) return NULL;
    *header = (Header){size, generation};
    block = header + 1;
  }
  s->malloc_count++;
  s->malloc_size += header_of(block)->capacity + sizeof(Header);
  return block;
}

static void release(JSMallocState *s, void *block) {
  if (!block) return;
  Header *header = header_of(block);
  size_t capacity = header->capacity;
  s->malloc_count--;
  s->malloc_size -= capacity + sizeof(Header);
  if (capacity > LARGEST_BYTES) {
    free(header);
  } else if (header->generation == generation) {
    FreeBlock *head = block;
    unsigned class = class_of(capacity);
    head->next = free_blocks[class];
    free_blocks[class] = head;
  }
}

static void *resize(JSMallocState *s, void *block, size_t size) {
  if (!block) return size ? allocate(s, size) : NULL;
  if (size == 0) {
    release(s, block);
    return NULL;
  }
  Header *header = header_of(block);
  size_t old = header->capacity;
  if (old > LARGEST_BYTES && size > LARGEST_BYTES) {
    if (size > old && s->malloc_size + (size - old) > s->malloc_limit) return NULL;
    header = realloc(header, sizeof(Header) + size);
    if (!header) return NULL;
    header->capacity = size;
    s->malloc_size += size - old;
    return header + 1;
  }
  if (size <= old) return block;
  void *moved = allocate(s, size);
  if (!moved) return NULL;
  memcpy(moved, block, old);
  release(s, block);
  return moved;
}

static size_t usable_size(const void *block) { return header_of(block)->capacity; }

JSRuntime *new_runtime(void) {
#ifdef __SANITIZE_ADDRESS__
  return JS_NewRuntime(); /* so that the sanitizer sees each block */
#else
  static const JSMallocFunctions functions = {allocate, release, resize, usable_size};
  return JS_NewRuntime2(&functions, NULL);
#endif
}

void allocator_expect_forks(void) { is_sorted = true; }

void allocator_start_fresh(void) {
  memset(free_blocks, 0, sizeof(free_blocks));
  generation++;
  is_sorted = false;
  memset(spans, 0, sizeof(spans));
}
