/* Values between JS and C: strings without NUL inside, byte arrays, string vectors. */
#include <stdlib.h>

#include "engine.h"

const char *text_argument(JSContext *ctx, JSValueConst value) {
  size_t length;
  const char *text = JS_ToCStringLen(ctx, &length, value);
  if (!text || strlen(text) == length) return text;
  JS_FreeCString(ctx, text);
  throw_code(ctx, "ERR_INVALID_ARG_VALUE", "the argument must be a string without null bytes");
  return NULL;
}

uint8_t *bytes_argument(JSContext *ctx, JSValueConst value, size_t *size) {
  size_t offset, length, element, whole;
  JSValue buffer = JS_GetTypedArrayBuffer(ctx, value, &offset, &length, &element);
  if (JS_IsException(buffer)) {
    JS_FreeValue(ctx, JS_GetException(ctx));
    return JS_GetArrayBuffer(ctx, size, value);
  }
  uint8_t *data = JS_GetArrayBuffer(ctx, &whole, buffer);
  JS_FreeValue(ctx, buffer);
  if (!data && whole) return NULL;
  *size = length;
  return data ? data + offset : (uint8_t *)"";
}

JSValue new_bytes(JSContext *ctx, const void *data, size_t size) {
  JSValue buffer = JS_NewArrayBufferCopy(ctx, data, size);
  if (JS_IsException(buffer)) return buffer;
  JSValue arguments[3] = {buffer, JS_UNDEFINED, JS_UNDEFINED}; /* the constructor reads all three */
  JSValue array = JS_NewTypedArray(ctx, 3, arguments, JS_TYPED_ARRAY_UINT8);
  JS_FreeValue(ctx, buffer);
  return array;
}

int array_length(JSContext *ctx, JSValueConst array, int64_t *length) {
  JSValue value = JS_GetPropertyStr(ctx, array, "length");
  int failed = JS_ToInt64(ctx, length, value);
  JS_FreeValue(ctx, value);
  return failed;
}

char **string_vector(JSContext *ctx, JSValueConst array) {
  int64_t count;
  if (array_length(ctx, array, &count)) return NULL;
  size_t room = (count + 1) * sizeof(char *), used = room;
  char *block = malloc(room);
  size_t *offsets = malloc((count + 1) * sizeof(size_t));
  if (!block || !offsets) abort();
  for (int64_t i = 0; i < count; i++) {
    JSValue value = JS_GetPropertyUint32(ctx, array, i);
    const char *text = text_argument(ctx, value);
    JS_FreeValue(ctx, value);
    if (!text) {
      free(block);
      free(offsets);
      return NULL;
    }
    size_t size = strlen(text) + 1;
    if (used + size > room) {
      room = (used + size) * 2;
      block = realloc(block, room);
      if (!block) abort();
    }
    memcpy(block + used, text, size);
    offsets[i] = used;
    used += size;
    JS_FreeCString(ctx, text);
  }
  char **vector = (char **)block;
  for (int64_t i = 0; i < count; i++) vector[i] = block + offsets[i];
  vector[count] = NULL;
  free(offsets);
  return vector;
}
