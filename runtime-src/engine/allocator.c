/*
 * Memory for QuickJS: small blocks from free lists by size, cut from chunks that are never given back; large ones from
 * malloc(3). glibc's malloc and the question how much it really gave took a quarter of the time of a short command.
 *
 * A forked worker starts afresh (allocator_start_fresh): it allocates from a chunk of its own instead of the holes in
 * its parent's pages, and leaves freed blocks of its parent alone, since each page of the parent's that it writes to is
 * a page fault and a copy.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

#define GRAIN_BYTES 16
#define LARGEST_BYTES 512
#define CHUNK_BYTES 65536
#define CLASSES (LARGEST_BYTES / GRAIN_BYTES + 1)

typedef struct {
  size_t capacity; /* what follows, in bytes; above LARGEST_BYTES it came from malloc */
#if UINTPTR_MAX == UINT32_MAX
  uint32_t padding; /* keeps values 8-byte aligned */
#endif
} Header;

typedef struct FreeBlock {
  struct FreeBlock *next;
} FreeBlock;

static FreeBlock *free_blocks[CLASSES];
static char *chunk_at, *chunk_end;

/* Small blocks of the parent's: in the chunks listed here when the process was forked. */
typedef struct Chunk {
  struct Chunk *next;
} Chunk;
static Chunk *chunks, *inherited;

static Header *header_of(const void *block) { return (Header *)((char *)(uintptr_t)block - sizeof(Header)); }

static bool is_inherited(const void *block) {
  for (Chunk *chunk = inherited; chunk; chunk = chunk->next)
    if ((const char *)block >= (char *)chunk && (const char *)block < (char *)chunk + CHUNK_BYTES) return true;
  return false;
}

static void *cut_block(size_t capacity) {
  if (chunk_at + sizeof(Header) + capacity > chunk_end) {
    Chunk *chunk = malloc(CHUNK_BYTES);
    if (!chunk) return NULL;
    chunk->next = chunks;
    chunks = chunk;
    chunk_at = (char *)chunk + GRAIN_BYTES;
    chunk_end = (char *)chunk + CHUNK_BYTES;
  }
  Header *header = (Header *)chunk_at;
  chunk_at += sizeof(Header) + capacity;
  header->capacity = capacity;
  return header + 1;
}

static void *allocate(JSMallocState *s, size_t size) {
  void *block;
  if (size <= LARGEST_BYTES) {
    size_t class = (size + GRAIN_BYTES - 1) / GRAIN_BYTES;
    FreeBlock *head = free_blocks[class];
    if (head) free_blocks[class] = head->next;
    block = head ? head : cut_block(class * GRAIN_BYTES);
    if (!block) return NULL;
  } else {
    if (s->malloc_size + size > s->malloc_limit) return NULL;
    Header *header = malloc(sizeof(Header) + size);
    if (!header) return NULL;
    header->capacity = size;
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
  } else if (!inherited || !is_inherited(block)) {
    FreeBlock *head = block;
    head->next = free_blocks[capacity / GRAIN_BYTES];
    free_blocks[capacity / GRAIN_BYTES] = head;
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

void allocator_start_fresh(void) {
  memset(free_blocks, 0, sizeof(free_blocks));
  inherited = chunks;
  chunk_at = chunk_end = NULL;
}
