/*
 * native:text: bytes <-> strings in the encodings of Node's Buffer.
 * UTF-8 is decoded as the WHATWG Encoding Standard says: each maximal ill-formed part becomes one U+FFFD.
 */
#include <stdlib.h>

#include "engine.h"

enum { UTF8, LATIN1, ASCII, UTF16LE, HEX, BASE64, BASE64URL };

/* Length of the well-formed sequence at p, or minus the length of the ill-formed part. */
static int sequence_length(const uint8_t *p, const uint8_t *end) {
  uint8_t lead = *p, low = 0x80, high = 0xBF;
  int need;
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) need = 1;
  else if (lead >= 0xE0 && lead <= 0xEF) need = 2;
  else if (lead >= 0xF0 && lead <= 0xF4) need = 3;
  else return -1;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  for (int i = 1; i <= need; i++) {
    if (p + i >= end || p[i] < low || p[i] > high) return -i;
    low = 0x80, high = 0xBF;
  }
  return need + 1;
}

JSValue new_text(JSContext *ctx, const char *data, size_t size) {
  const uint8_t *p = (const uint8_t *)data, *end = p + size, *at = p;
  int n = 1;
  for (uint32_t four; end - at >= 4; at += 4) {
    memcpy(&four, at, 4);
    if (four & 0x80808080u) break;
  }
  while (at < end && *at < 0x80) at++;
  if (at == end) return new_ascii(ctx, data, size);
  while (at < end && (n = sequence_length(at, end)) > 0) at += n;
  if (at >= end) return JS_NewStringLen(ctx, data, size);
  uint8_t *copy = malloc(size * 3), *out = copy;
  if (!copy) abort();
  for (at = p; at < end; at += n < 0 ? -n : n) {
    n = sequence_length(at, end);
    memcpy(out, n < 0 ? (const uint8_t *)"\xEF\xBF\xBD" : at, n < 0 ? 3 : n);
    out += n < 0 ? 3 : n;
  }
  JSValue text = JS_NewStringLen(ctx, (char *)copy, out - copy);
  free(copy);
  return text;
}

static JSValue adopt(JSContext *ctx, uint8_t *data, size_t size) {
  JSValue bytes = new_bytes(ctx, data, size);
  free(data);
  return bytes;
}

/* QuickJS writes a lone surrogate as three bytes ED A0..BF xx; Node writes U+FFFD. */
static size_t encode_utf8(uint8_t *out, const uint8_t *in, size_t size) {
  memcpy(out, in, size);
  for (size_t i = 0; i + 2 < size; i++)
    if (out[i] == 0xED && out[i + 1] >= 0xA0) memcpy(out + i, "\xEF\xBF\xBD", 3);
  return size;
}

/* Walks UTF-8 (with such surrogates) as UTF-16 units: one byte or two bytes out for each. */
static size_t encode_units(uint8_t *out, const uint8_t *in, size_t size, int unit_size) {
  uint8_t *start = out;
  for (size_t i = 0; i < size;) {
    uint32_t c = in[i], units[2], count = 1;
    if (c < 0x80) i += 1;
    else if (c < 0xE0) c = (c & 0x1F) << 6 | (in[i + 1] & 0x3F), i += 2;
    else if (c < 0xF0) c = (c & 0x0F) << 12 | (in[i + 1] & 0x3F) << 6 | (in[i + 2] & 0x3F), i += 3;
    else c = (c & 7) << 18 | (in[i + 1] & 0x3F) << 12 | (in[i + 2] & 0x3F) << 6 | (in[i + 3] & 0x3F), i += 4;
    units[0] = c;
    if (c > 0xFFFF) units[0] = 0xD800 + ((c - 0x10000) >> 10), units[1] = 0xDC00 + (c & 0x3FF), count = 2;
    for (uint32_t k = 0; k < count; k++) {
      *out++ = units[k] & 0xFF;
      if (unit_size == 2) *out++ = units[k] >> 8;
    }
  }
  return out - start;
}

static int hex_digit(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t encode_hex(uint8_t *out, const uint8_t *in, size_t size) {
  size_t n = 0;
  for (; n < size / 2; n++) {
    int high = hex_digit(in[2 * n]), low = hex_digit(in[2 * n + 1]);
    if (high < 0 || low < 0) break;
    out[n] = high << 4 | low;
  }
  return n;
}

static int base64_digit(uint8_t c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

/* Both alphabets; what is no digit is skipped and "=" ends, as Node does. */
static size_t encode_base64(uint8_t *out, const uint8_t *in, size_t size) {
  uint32_t bits = 0, count = 0;
  size_t n = 0;
  for (size_t i = 0; i < size && in[i] != '='; i++) {
    int digit = base64_digit(in[i]);
    if (digit < 0) continue;
    bits = bits << 6 | digit;
    if ((count += 6) >= 8) out[n++] = bits >> (count -= 8);
  }
  return n;
}

/* encode(text, encoding): Uint8Array */
FUNCTION(encode) {
  UNUSED_ARGUMENTS;
  ARG_INT(encoding, 1);
  size_t size, length = 0;
  const char *text = JS_ToCStringLen(ctx, &size, argv[0]);
  if (!text) return JS_EXCEPTION;
  uint8_t *out = malloc(size * 2 + 1);
  if (!out) abort();
  const uint8_t *in = (const uint8_t *)text;
  switch (encoding) {
    case UTF8: length = encode_utf8(out, in, size); break;
    case LATIN1:
    case ASCII: length = encode_units(out, in, size, 1); break;
    case UTF16LE: length = encode_units(out, in, size, 2); break;
    case HEX: length = encode_hex(out, in, size); break;
    default: length = encode_base64(out, in, size); break;
  }
  JS_FreeCString(ctx, text);
  return adopt(ctx, out, length);
}

static size_t decode_base64(char *out, const uint8_t *in, size_t size, bool url) {
  const char *digits = url ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                           : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char *start = out;
  for (size_t i = 0; i < size; i += 3) {
    size_t left = size - i;
    uint32_t bits = in[i] << 16 | (left > 1 ? in[i + 1] << 8 : 0) | (left > 2 ? in[i + 2] : 0);
    *out++ = digits[bits >> 18];
    *out++ = digits[bits >> 12 & 63];
    if (left > 1) *out++ = digits[bits >> 6 & 63];
    else if (!url) *out++ = '=';
    if (left > 2) *out++ = digits[bits & 63];
    else if (!url) *out++ = '=';
  }
  return out - start;
}

/* Units below 0x100, or UTF-16 units, as UTF-8 for JS_NewStringLen (surrogate pairs joined). */
static size_t decode_units(char *out, const uint8_t *in, size_t size, int unit_size, uint8_t mask) {
  char *start = out;
  for (size_t i = 0; i + unit_size <= size; i += unit_size) {
    uint32_t c = unit_size == 2 ? in[i] | in[i + 1] << 8 : in[i] & mask;
    if (c >= 0xD800 && c < 0xDC00 && i + 3 < size && (in[i + 3] & 0xFC) == 0xDC) {
      c = 0x10000 + ((c & 0x3FF) << 10) + ((in[i + 2] | in[i + 3] << 8) & 0x3FF);
      i += 2;
      *out++ = 0xF0 | c >> 18, *out++ = 0x80 | (c >> 12 & 63), *out++ = 0x80 | (c >> 6 & 63), *out++ = 0x80 | (c & 63);
    } else if (c < 0x80) *out++ = c;
    else if (c < 0x800) *out++ = 0xC0 | c >> 6, *out++ = 0x80 | (c & 63);
    else *out++ = 0xE0 | c >> 12, *out++ = 0x80 | (c >> 6 & 63), *out++ = 0x80 | (c & 63);
  }
  return out - start;
}

static size_t decode_hex(char *out, const uint8_t *in, size_t size) {
  for (size_t i = 0; i < size; i++) {
    out[2 * i] = "0123456789abcdef"[in[i] >> 4];
    out[2 * i + 1] = "0123456789abcdef"[in[i] & 15];
  }
  return size * 2;
}

/* decode(bytes, encoding, start, end): string */
FUNCTION(decode) {
  UNUSED_ARGUMENTS;
  size_t size, length = 0;
  const uint8_t *data = bytes_argument(ctx, argv[0], &size);
  if (!data) return JS_EXCEPTION;
  ARG_INT(encoding, 1);
  ARG_DOUBLE(start, 2);
  ARG_DOUBLE(end, 3);
  if (!(end <= size)) end = size;
  if (!(start >= 0)) start = 0;
  if (start >= end) return JS_NewString(ctx, "");
  data += (size_t)start;
  size = (size_t)end - (size_t)start;
  if (encoding == UTF8) return new_text(ctx, (const char *)data, size);
  char *out = malloc(size * 2 + 8);
  if (!out) abort();
  switch (encoding) {
    case LATIN1: length = decode_units(out, data, size, 1, 0xFF); break;
    case ASCII: length = decode_units(out, data, size, 1, 0x7F); break;
    case UTF16LE: length = decode_units(out, data, size, 2, 0xFF); break;
    case HEX: length = decode_hex(out, data, size); break;
    default: length = decode_base64(out, data, size, encoding == BASE64URL); break;
  }
  JSValue text = JS_NewStringLen(ctx, out, length);
  free(out);
  return text;
}

FUNCTION(utf8_size) {
  UNUSED_ARGUMENTS;
  size_t size;
  const char *text = JS_ToCStringLen(ctx, &size, argv[0]);
  if (!text) return JS_EXCEPTION;
  JS_FreeCString(ctx, text);
  return JS_NewInt64(ctx, size);
}

/* incompleteTail(bytes): how many bytes at the end begin a UTF-8 sequence that is not yet whole (StringDecoder). */
FUNCTION(incomplete_tail) {
  UNUSED_ARGUMENTS;
  size_t size;
  const uint8_t *data = bytes_argument(ctx, argv[0], &size);
  if (!data) return JS_EXCEPTION;
  for (size_t back = 1; back <= 3 && back <= size; back++) {
    uint8_t c = data[size - back];
    if ((c & 0xC0) == 0x80) continue;
    size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
    bool begun = need > back && sequence_length(data + size - back, data + size) == -(int)back;
    return JS_NewInt32(ctx, begun ? back : 0);
  }
  return JS_NewInt32(ctx, 0);
}

const JSCFunctionListEntry native_text[] = {
    JS_CFUNC_DEF("encode", 2, encode),
    JS_CFUNC_DEF("decode", 4, decode),
    JS_CFUNC_DEF("utf8Size", 1, utf8_size),
    JS_CFUNC_DEF("incompleteTail", 1, incomplete_tail),
};
const int native_text_count = countof(native_text);
