/*
 * Bytes on their way in. A stream pulls from a descriptor or from another stream, holds 64 KiB and can be looked into
 * before it is taken; gzip (RFC 1952, several members) and zstd (RFC 8878, several frames) are recognised and expanded.
 * A limit on what may come out of a stream is a limit on bombs.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "archive.h"

#define BUFFER_BYTES 65536
#define PEEK_BYTES 32768
/* 2^25 is what zstd -20 uses; -22 would want 128 MiB of memory here. */
#define WINDOW_LOG_MAX 25

static Stream *new_stream(size_t (*fill)(Stream *, uint8_t *, size_t), void *source, const char *name) {
  Stream *s = need(calloc(1, sizeof(*s)));
  s->fill = fill;
  s->source = source;
  s->buffer = need(malloc(BUFFER_BYTES));
  s->limit = UINT64_MAX;
  s->name = name;
  return s;
}

static size_t more(Stream *s, uint8_t *data, size_t size) {
  size_t n = s->ended ? 0 : s->fill(s, data, size);
  if (!n) {
    s->ended = true;
    return 0;
  }
  s->taken += n;
  if (s->taken > s->limit)
    fail("%s: more than %llu bytes when uncompressed: refused as a decompression bomb", s->name,
         (unsigned long long)s->limit);
  if (s->hash) sha256_add(s->hash, data, n);
  return n;
}

size_t stream_peek(Stream *s, size_t want) {
  if (want > PEEK_BYTES) want = PEEK_BYTES;
  while (s->end - s->at < want && !s->ended) {
    if (s->at) {
      memmove(s->buffer, s->buffer + s->at, s->end - s->at);
      s->end -= s->at;
      s->at = 0;
    }
    s->end += more(s, s->buffer + s->end, BUFFER_BYTES - s->end);
  }
  return s->end - s->at < want ? s->end - s->at : want;
}

size_t stream_take(Stream *s, const uint8_t **data, uint64_t most) {
  if (s->at == s->end) {
    s->at = s->end = 0;
    s->end = more(s, s->buffer, BUFFER_BYTES);
  }
  size_t n = s->end - s->at;
  if (n > most) n = (size_t)most;
  *data = s->buffer + s->at;
  s->at += n;
  return n;
}

size_t stream_read(Stream *s, void *data, size_t size) {
  size_t done = 0, n;
  const uint8_t *from;
  while (done < size && (n = stream_take(s, &from, size - done))) {
    memcpy((uint8_t *)data + done, from, n);
    done += n;
  }
  return done;
}

void stream_skip_all(Stream *s) {
  const uint8_t *data;
  while (stream_take(s, &data, BUFFER_BYTES)) {
  }
}

void stream_hash(Stream *s) {
  s->hash = need(malloc(sizeof(*s->hash)));
  sha256_begin(s->hash);
}

static size_t fill_from_fd(Stream *s, uint8_t *data, size_t size) {
  ssize_t n;
  do n = read((int)(intptr_t)s->source, data, size);
  while (n < 0 && errno == EINTR);
  if (n < 0) fail_errno(errno, "%s: read", s->name);
  return (size_t)n;
}

Stream *stream_of_fd(int fd, const char *name) {
  return new_stream(fill_from_fd, (void *)(intptr_t)fd, name);
}

typedef struct {
  Stream *whole;
  uint64_t left;
} Part;

static size_t fill_from_part(Stream *s, uint8_t *data, size_t size) {
  Part *part = s->source;
  if (size > part->left) size = (size_t)part->left;
  size_t n = size ? stream_read(part->whole, data, size) : 0;
  if (n < size) fail("%s: unexpected end of the archive", s->name);
  part->left -= n;
  return n;
}

Stream *stream_of_part(Stream *whole, uint64_t size, const char *name) {
  Part *part = need(malloc(sizeof(*part)));
  *part = (Part){whole, size};
  return new_stream(fill_from_part, part, name);
}

typedef struct {
  Stream *packed;
  z_stream z;
  bool between; /* members */
} Gzip;

static size_t fill_from_gzip(Stream *s, uint8_t *data, size_t size) {
  Gzip *gzip = s->source;
  gzip->z.next_out = data;
  gzip->z.avail_out = (uInt)size;
  while (gzip->z.avail_out == size) {
    if (!gzip->z.avail_in) {
      const uint8_t *from;
      size_t n = stream_take(gzip->packed, &from, BUFFER_BYTES);
      if (!n && gzip->between) return 0;
      if (!n) fail("%s: unexpected end of the gzip data", s->name);
      gzip->z.next_in = (Bytef *)from;
      gzip->z.avail_in = (uInt)n;
    }
    if (gzip->between) {
      /* Padding after the last member is common, as gzip(1) accepts it. */
      while (gzip->z.avail_in && !*gzip->z.next_in) gzip->z.next_in++, gzip->z.avail_in--;
      if (!gzip->z.avail_in) continue;
      inflateReset(&gzip->z);
      gzip->between = false;
    }
    int r = inflate(&gzip->z, Z_NO_FLUSH);
    if (r == Z_STREAM_END) gzip->between = true;
    else if (r != Z_OK && r != Z_BUF_ERROR)
      fail("%s: gzip: %s", s->name, gzip->z.msg ? gzip->z.msg : "broken data");
  }
  return size - gzip->z.avail_out;
}

static Stream *expand_gzip(Stream *packed) {
  Gzip *gzip = need(calloc(1, sizeof(*gzip)));
  gzip->packed = packed;
  if (inflateInit2(&gzip->z, 15 + 16) != Z_OK) fail("out of memory");
  return new_stream(fill_from_gzip, gzip, packed->name);
}

typedef struct {
  Stream *packed;
  ZSTD_DCtx *context;
  ZSTD_inBuffer in;
  size_t expected; /* 0: between frames */
} Zstd;

static size_t fill_from_zstd(Stream *s, uint8_t *data, size_t size) {
  Zstd *zstd = s->source;
  ZSTD_outBuffer out = {data, size, 0};
  while (!out.pos) {
    if (zstd->in.pos == zstd->in.size) {
      const uint8_t *from;
      size_t n = stream_take(zstd->packed, &from, BUFFER_BYTES);
      if (!n && !zstd->expected) return 0;
      if (!n) fail("%s: unexpected end of the zstd data", s->name);
      zstd->in = (ZSTD_inBuffer){from, n, 0};
    }
    zstd->expected = ZSTD_decompressStream(zstd->context, &out, &zstd->in);
    if (ZSTD_isError(zstd->expected)) fail("%s: zstd: %s", s->name, ZSTD_getErrorName(zstd->expected));
  }
  return out.pos;
}

static Stream *expand_zstd(Stream *packed) {
  Zstd *zstd = need(calloc(1, sizeof(*zstd)));
  zstd->packed = packed;
  zstd->context = need(ZSTD_createDCtx());
  ZSTD_DCtx_setParameter(zstd->context, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
  zstd->expected = 1;
  return new_stream(fill_from_zstd, zstd, packed->name);
}

Stream *stream_expanded(Stream *packed) {
  size_t n = stream_peek(packed, 4);
  const uint8_t *magic = packed->buffer + packed->at;
  if (n >= 2 && magic[0] == 0x1f && magic[1] == 0x8b) return expand_gzip(packed);
  if (n == 4 && !memcmp(magic, "\x28\xb5\x2f\xfd", 4)) return expand_zstd(packed);
  if (n == 4 && !memcmp(magic, "BZh", 3)) fail("%s: bzip2 is not supported; use gzip or zstd", packed->name);
  if (n == 4 && !memcmp(magic, "\xfd" "7zX", 4)) fail("%s: xz is not supported; use gzip or zstd", packed->name);
  return packed;
}

void stream_close(Stream *s) {
  if (s->fill == fill_from_gzip) inflateEnd(&((Gzip *)s->source)->z);
  if (s->fill == fill_from_zstd) ZSTD_freeDCtx(((Zstd *)s->source)->context);
  if (s->fill != fill_from_fd) free(s->source);
  free(s->hash);
  free(s->buffer);
  free(s);
}

void write_all(int fd, const void *data, size_t size, const char *name) {
  const uint8_t *from = data;
  while (size) {
    ssize_t n = write(fd, from, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno(errno, "%s: write", name);
    from += n;
    size -= (size_t)n;
  }
}
