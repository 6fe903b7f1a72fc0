/*
 * JSON.stringify(value) of plain data, without the generality of ECMA-262 25.5.2: no replacer, no indentation, nothing
 * that could call back. QuickJS asks each object for toJSON and builds the text a 16-bit unit at a time; here shapes and
 * arrays are walked as they lie in memory, bytes are written as they are. What is not plain (getters, proxies, other
 * prototypes, keys that are array indices, text beyond Latin-1, deep nesting) makes it give up before anything is seen of
 * it, and the general function does the whole. Part of quickjs_unit.c: it needs QuickJS's own structures.
 */
#include <stdbool.h>

#define PLAIN_JSON_DEPTH 32

/* Its memory is kept, so that a second text costs none. */
typedef struct {
  JSContext *ctx;
  uint8_t *start, *at, *end;
} PlainText;

#define LEAST_TEXT_BYTES 4096

/* Afterwards `size` bytes may be written. */
static void plain_reserve(PlainText *text, size_t size) {
  if ((size_t)(text->end - text->at) >= size) return;
  size_t used = text->at - text->start, room = (used + size) * 2;
  if (room < LEAST_TEXT_BYTES) room = LEAST_TEXT_BYTES;
  text->start = js_realloc_rt(text->ctx->rt, text->start, room);
  if (!text->start) abort();
  text->at = text->start + used;
  text->end = text->start + room;
}

static void plain_word(PlainText *text, const char *word) {
  plain_reserve(text, 8);
  while (*word) *text->at++ = *word++;
}

static bool plain_quoted(PlainText *text, const JSString *string) {
  if (string->is_wide_char) return false;
  plain_reserve(text, string->len * 6 + 2);
  uint8_t *out = text->at;
  *out++ = '"';
  for (const uint8_t *in = string->u.str8, *end = in + string->len; in < end; in++) {
    uint8_t c = *in;
    if (c >= ' ' && c != '"' && c != '\\') {
      *out++ = c;
      continue;
    }
    *out++ = '\\';
    switch (c) {
      case '\n': *out++ = 'n'; break;
      case '\t': *out++ = 't'; break;
      case '\r': *out++ = 'r'; break;
      case '\b': *out++ = 'b'; break;
      case '\f': *out++ = 'f'; break;
      case '"':
      case '\\': *out++ = c; break;
      default: out += sprintf((char *)out, "u%04x", c);
    }
  }
  *out++ = '"';
  text->at = out;
  return true;
}

static bool plain_number(PlainText *text, double number) {
  plain_reserve(text, 32);
  if (!isfinite(number)) {
    plain_word(text, "null");
    return true;
  }
  if (fabs(number) >= 9007199254740992.0 || number != (double)(int64_t)number) return false;
  text->at += i64toa((char *)text->at, (int64_t)number);
  return true;
}

static bool plain_value(PlainText *text, JSValueConst value, int depth);

/* What an object leaves out and an array shows as null. */
static bool is_left_out(JSContext *ctx, JSValueConst value) {
  return JS_IsUndefined(value) || JS_IsSymbol(value) || JS_IsFunction(ctx, value);
}

static bool plain_array(PlainText *text, JSObject *array, int depth) {
  if (!array->fast_array || array->shape->proto != JS_VALUE_GET_OBJ(text->ctx->class_proto[JS_CLASS_ARRAY])) return false;
  plain_word(text, "[");
  for (uint32_t i = 0; i < array->u.array.count; i++) {
    if (i) plain_word(text, ",");
    JSValueConst value = array->u.array.u.values[i];
    if (is_left_out(text->ctx, value)) plain_word(text, "null");
    else if (!plain_value(text, value, depth)) return false;
  }
  plain_word(text, "]");
  return array->shape->prop_count == 1; /* the length */
}

static bool plain_object(PlainText *text, JSObject *object, int depth) {
  JSContext *ctx = text->ctx;
  JSShape *shape = object->shape;
  if (object->is_exotic || shape->proto != JS_VALUE_GET_OBJ(ctx->class_proto[JS_CLASS_OBJECT])) return false;
  bool first = true;
  plain_word(text, "{");
  JSShapeProperty *entry = get_shape_prop(shape);
  for (int i = 0; i < shape->prop_count; i++, entry++) {
    if (entry->atom == JS_ATOM_NULL) continue;
    if (__JS_AtomIsTaggedInt(entry->atom) || entry->atom == JS_ATOM_toJSON) return false;
    if ((entry->flags & JS_PROP_TMASK) != JS_PROP_NORMAL) return false;
    const JSString *key = ctx->rt->atom_array[entry->atom];
    JSValueConst value = object->prop[i].u.value;
    if (!(entry->flags & JS_PROP_ENUMERABLE) || key->atom_type != JS_ATOM_TYPE_STRING || is_left_out(ctx, value)) continue;
    if (!first) plain_word(text, ",");
    first = false;
    if (!plain_quoted(text, key)) return false;
    plain_word(text, ":");
    if (!plain_value(text, value, depth)) return false;
  }
  plain_word(text, "}");
  return true;
}

static bool plain_value(PlainText *text, JSValueConst value, int depth) {
  if (depth > PLAIN_JSON_DEPTH) return false;
  switch (JS_VALUE_GET_NORM_TAG(value)) {
    case JS_TAG_STRING: return plain_quoted(text, JS_VALUE_GET_STRING(value));
    case JS_TAG_INT: return plain_number(text, JS_VALUE_GET_INT(value));
    case JS_TAG_FLOAT64: return plain_number(text, JS_VALUE_GET_FLOAT64(value));
    case JS_TAG_BOOL: plain_word(text, JS_VALUE_GET_BOOL(value) ? "true" : "false"); return true;
    case JS_TAG_NULL: plain_word(text, "null"); return true;
    case JS_TAG_OBJECT: {
      JSObject *object = JS_VALUE_GET_OBJ(value);
      if (object->class_id == JS_CLASS_ARRAY) return plain_array(text, object, depth + 1);
      return object->class_id == JS_CLASS_OBJECT && plain_object(text, object, depth + 1);
    }
    default: return false;
  }
}

static bool has_to_json(JSContext *ctx, int class_id) {
  JSProperty *property;
  return find_own_property(&property, JS_VALUE_GET_OBJ(ctx->class_proto[class_id]), JS_ATOM_toJSON) != NULL;
}

static JSValue plain_stringify(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv) {
  static PlainText text;
  text.ctx = ctx;
  text.at = text.start;
  bool plain = JS_IsObject(argv[0]) && JS_IsUndefined(argv[1]) && JS_IsUndefined(argv[2]) &&
               !has_to_json(ctx, JS_CLASS_OBJECT) && !has_to_json(ctx, JS_CLASS_ARRAY);
  if (plain && plain_value(&text, argv[0], 0))
    return js_new_string8_len(ctx, (const char *)text.start, text.at - text.start);
  return js_json_stringify(ctx, this_val, argc, argv);
}

#include "plain_json_parse.h"

static const JSCFunctionListEntry plain_json_functions[] = {
    JS_CFUNC_DEF("parse", 2, plain_parse),
    JS_CFUNC_DEF("stringify", 3, plain_stringify),
    JS_PROP_STRING_DEF("[Symbol.toStringTag]", "JSON", JS_PROP_CONFIGURABLE),
};

static const JSCFunctionListEntry plain_json[] = {
    JS_OBJECT_DEF("JSON", plain_json_functions, countof(plain_json_functions), JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE),
};

/* In place of JS_AddIntrinsicJSON. */
void add_intrinsic_json(JSContext *ctx);

void add_intrinsic_json(JSContext *ctx) {
  JS_SetPropertyFunctionList(ctx, ctx->global_obj, plain_json, countof(plain_json));
}
