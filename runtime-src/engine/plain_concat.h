/*
 * String.prototype.concat, which is what QuickJS makes of a template literal, for parts that are Latin-1 text and whole
 * numbers: one string of the right size instead of a copy for each part. Anything else is left to QuickJS's own. Part of
 * quickjs_unit.c.
 */
#define LONGEST_INT 11

/* The most that a part can be long, or -1 where it is not plain. */
static int64_t plain_length(JSValueConst part) {
  int tag = JS_VALUE_GET_TAG(part);
  if (tag == JS_TAG_INT) return LONGEST_INT;
  return tag == JS_TAG_STRING && !JS_VALUE_GET_STRING(part)->is_wide_char ? JS_VALUE_GET_STRING(part)->len : -1;
}

static uint8_t *put_plain(uint8_t *at, JSValueConst part) {
  if (JS_VALUE_GET_TAG(part) == JS_TAG_INT) return at + i64toa((char *)at, JS_VALUE_GET_INT(part));
  const JSString *text = JS_VALUE_GET_STRING(part);
  memcpy(at, text->u.str8, text->len);
  return at + text->len;
}

static JSValue plain_concat(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv) {
  bool plain = JS_VALUE_GET_TAG(this_val) == JS_TAG_STRING && argc > 0;
  int64_t most = plain ? plain_length(this_val) : -1;
  for (int i = 0; most >= 0 && i < argc; i++) {
    int64_t length = plain_length(argv[i]);
    most = length < 0 ? -1 : most + length;
  }
  if (most <= 0 || most > JS_STRING_LEN_MAX) return js_string_concat(ctx, this_val, argc, argv);
  JSString *whole = js_alloc_string(ctx, most, 0);
  if (!whole) return JS_EXCEPTION;
  uint8_t *at = put_plain(whole->u.str8, this_val);
  for (int i = 0; i < argc; i++) at = put_plain(at, argv[i]);
  *at = 0;
  whole->len = at - whole->u.str8;
  return JS_MKPTR(JS_TAG_STRING, whole);
}

/* After JS_AddIntrinsicBaseObjects. */
void add_plain_concat(JSContext *ctx);

void add_plain_concat(JSContext *ctx) {
  JSValue function = JS_NewCFunction(ctx, plain_concat, "concat", 1);
  JS_DefinePropertyValueStr(ctx, ctx->class_proto[JS_CLASS_STRING], "concat", function,
                            JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE);
}
