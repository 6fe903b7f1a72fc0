/*
 * JSON.parse(text) of text as we write it: Latin-1, with no \u escape, no fraction, no array index as a key. QuickJS's
 * parser is also the one of JavaScript's own syntax and makes a token of each part. What is not so plain, and what is
 * wrong, is left to it: it then reads the whole from the start. Part of quickjs_unit.c.
 */
typedef struct {
  JSContext *ctx;
  const uint8_t *at, *end;
} PlainReader;

static bool read_plain_value(PlainReader *reader, JSValue *value, int depth);

static void skip_space(PlainReader *reader) {
  while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\t' || *reader->at == '\r'))
    reader->at++;
}

/* Whether `c` is next; then it is behind us. */
static bool is_next(PlainReader *reader, uint8_t c) {
  skip_space(reader);
  if (reader->at == reader->end || *reader->at != c) return false;
  reader->at++;
  return true;
}

/* What a text does not hold as it is. A string's own end is a NUL. */
static const bool ends_plain_text[256] = {[0 ... ' ' - 1] = true, ['"'] = true, ['\\'] = true};

/* After the opening quote: the text without escapes, in place where it has none. */
static bool read_plain_text(PlainReader *reader, const uint8_t **text, size_t *size) {
  static uint8_t *room;
  static size_t room_size;
  const uint8_t *start = reader->at, *at = start;
  while (!ends_plain_text[*at]) at++;
  if (at == reader->end || *at < ' ') return false;
  *text = start;
  *size = at - start;
  if (*at == '"') {
    reader->at = at + 1;
    return true;
  }
  if ((size_t)(reader->end - start) > room_size) {
    room_size = reader->end - start;
    room = js_realloc_rt(reader->ctx->rt, room, room_size);
    if (!room) abort();
  }
  uint8_t *out = room;
  for (at = start; at < reader->end && *at != '"'; at++) {
    if (*at < ' ') return false;
    if (*at != '\\') {
      *out++ = *at;
      continue;
    }
    static const char escapes[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    const char *escape = ++at < reader->end ? escapes : "";
    while (*escape && *escape != *at) escape += 2;
    if (!*escape) return false;
    *out++ = escape[1];
  }
  if (at == reader->end) return false;
  *text = room;
  *size = out - room;
  reader->at = at + 1;
  return true;
}

static bool read_plain_number(PlainReader *reader, JSValue *value) {
  bool negative = *reader->at == '-';
  const uint8_t *start = reader->at + negative, *at = start;
  int64_t number = 0;
  while (at < reader->end && *at >= '0' && *at <= '9') number = number * 10 + (*at++ - '0');
  int digits = at - start;
  if (digits == 0 || digits > 15 || (*start == '0' && (digits > 1 || negative))) return false;
  if (at < reader->end && (*at == '.' || *at == 'e' || *at == 'E')) return false;
  reader->at = at;
  *value = JS_NewInt64(reader->ctx, negative ? -number : number);
  return true;
}

static bool read_plain_word(PlainReader *reader, const char *word, JSValue meaning, JSValue *value) {
  size_t size = strlen(word);
  if ((size_t)(reader->end - reader->at) < size || memcmp(reader->at, word, size)) return false;
  reader->at += size;
  *value = meaning;
  return true;
}

static bool read_plain_array(PlainReader *reader, JSValue array, int depth) {
  if (is_next(reader, ']')) return true;
  do {
    JSValue element;
    if (!read_plain_value(reader, &element, depth)) return false;
    if (add_fast_array_element(reader->ctx, JS_VALUE_GET_OBJ(array), element, 0) < 0) return false;
  } while (is_next(reader, ','));
  return is_next(reader, ']');
}

static bool read_plain_object(PlainReader *reader, JSValue object, int depth) {
  JSContext *ctx = reader->ctx;
  if (is_next(reader, '}')) return true;
  do {
    const uint8_t *text;
    size_t size;
    JSValue value;
    if (!is_next(reader, '"') || !read_plain_text(reader, &text, &size)) return false;
    for (size_t i = 0; i < size; i++)
      if (text[i] >= 0x80) return false;
    if (size == 0 || (text[0] >= '0' && text[0] <= '9')) return false;
    JSAtom key = JS_NewAtomLen(ctx, (const char *)text, size);
    JSProperty *property;
    bool is_new = !find_own_property(&property, JS_VALUE_GET_OBJ(object), key);
    if (is_new && is_next(reader, ':') && read_plain_value(reader, &value, depth)) {
      property = add_property(ctx, JS_VALUE_GET_OBJ(object), key, JS_PROP_C_W_E);
      if (property) property->u.value = value;
      else is_new = false;
    } else is_new = false;
    JS_FreeAtom(ctx, key);
    if (!is_new) return false;
  } while (is_next(reader, ','));
  return is_next(reader, '}');
}

/* false: nothing is left in *value that would have to be freed. */
static bool read_plain_value(PlainReader *reader, JSValue *value, int depth) {
  JSContext *ctx = reader->ctx;
  skip_space(reader);
  if (reader->at == reader->end || depth > PLAIN_JSON_DEPTH) return false;
  bool is_read;
  switch (*reader->at) {
    case '"': {
      const uint8_t *text;
      size_t size;
      reader->at++;
      if (!read_plain_text(reader, &text, &size)) return false;
      *value = js_new_string8_len(ctx, (const char *)text, size);
      return !JS_IsException(*value);
    }
    case '{':
      reader->at++;
      *value = JS_NewObject(ctx);
      is_read = read_plain_object(reader, *value, depth + 1);
      break;
    case '[':
      reader->at++;
      *value = JS_NewArray(ctx);
      is_read = read_plain_array(reader, *value, depth + 1);
      break;
    case 't': return read_plain_word(reader, "true", JS_TRUE, value);
    case 'f': return read_plain_word(reader, "false", JS_FALSE, value);
    case 'n': return read_plain_word(reader, "null", JS_NULL, value);
    default: return read_plain_number(reader, value);
  }
  if (!is_read) JS_FreeValue(ctx, *value);
  return is_read;
}

static JSValue plain_parse(JSContext *ctx, JSValueConst this_val, int argc, JSValueConst *argv) {
  bool plain = JS_VALUE_GET_TAG(argv[0]) == JS_TAG_STRING && (argc < 2 || JS_IsUndefined(argv[1]));
  if (plain && !JS_VALUE_GET_STRING(argv[0])->is_wide_char) {
    const JSString *text = JS_VALUE_GET_STRING(argv[0]);
    PlainReader reader = {ctx, text->u.str8, text->u.str8 + text->len};
    JSValue value;
    if (read_plain_value(&reader, &value, 0)) {
      skip_space(&reader);
      if (reader.at == reader.end) return value;
      JS_FreeValue(ctx, value);
    }
  }
  return js_json_parse(ctx, this_val, argc, argv);
}
