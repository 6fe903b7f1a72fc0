/*
 * Text that is put together of parts, and written when there is enough of it (native:fd). Strings go into it as they lie in
 * memory: as JavaScript, a line of ten parts would be copied several times, and once more on its way out. Part of
 * quickjs_unit.c: it needs QuickJS's own structures.
 */
static PlainText kept;

/* Latin-1 to UTF-8; of a string's characters most are ASCII, and four at a time are. */
static void keep_latin1(const uint8_t *from, const uint8_t *end) {
  plain_reserve(&kept, (end - from) * 2);
  uint8_t *out = kept.at;
  for (uint32_t four; end - from >= 4; from += 4, out += 4) {
    memcpy(&four, from, 4);
    if (four & 0x80808080u) break;
    memcpy(out, &four, 4);
  }
  while (from < end) {
    uint8_t c = *from++;
    if (c < 0x80) *out++ = c;
    else *out++ = 0xC0 | c >> 6, *out++ = 0x80 | (c & 63);
  }
  kept.at = out;
}

static int keep_value(JSContext *ctx, JSValueConst value) {
  int tag = JS_VALUE_GET_NORM_TAG(value);
  if (tag == JS_TAG_INT) {
    plain_reserve(&kept, 32);
    kept.at += i64toa((char *)kept.at, JS_VALUE_GET_INT(value));
    return 0;
  }
  if (tag == JS_TAG_STRING && !JS_VALUE_GET_STRING(value)->is_wide_char) {
    const JSString *string = JS_VALUE_GET_STRING(value);
    keep_latin1(string->u.str8, string->u.str8 + string->len);
    return 0;
  }
  size_t size;
  const char *text = JS_ToCStringLen(ctx, &size, value);
  if (!text) return -1;
  plain_reserve(&kept, size);
  memcpy(kept.at, text, size);
  kept.at += size;
  JS_FreeCString(ctx, text);
  return 0;
}

/* keepText(...parts): numbers and strings as they are, anything else as JSON */
JSValue keep_text(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv) {
  kept.ctx = ctx;
  for (int i = 0; i < argc; i++) {
    if (!JS_IsObject(argv[i])) {
      if (keep_value(ctx, argv[i])) return JS_EXCEPTION;
      continue;
    }
    JSValueConst arguments[] = {argv[i], JS_UNDEFINED, JS_UNDEFINED};
    JSValue text = plain_stringify(ctx, this_val, countof(arguments), arguments);
    if (JS_IsException(text) || keep_value(ctx, text)) return JS_EXCEPTION;
    JS_FreeValue(ctx, text);
  }
  return JS_UNDEFINED;
}

/* What has been kept, and from then on nothing is: the bytes are there until more is kept. */
const uint8_t *take_kept_text(size_t *size) {
  *size = kept.at - kept.start;
  kept.at = kept.start;
  return kept.start;
}
