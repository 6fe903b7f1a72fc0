/*
 * Where modules come from: `native:SUBJECT` is C, `box/NAME.js` and `node/NAME.js` are bytecode in the binary or in the
 * file beside it (rare_modules.c), read only when something imports it; everything else goes through the two hooks that
 * node/main.ts sets (resolve, load). The bytecode is used in place (JS_READ_OBJ_ROM_DATA), so unread modules cost no
 * memory and no page faults.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine.h"

typedef struct {
  const char *name;
  const JSCFunctionListEntry *functions;
  const int *count;
} NativeModule;

static const NativeModule native_modules[] = {
#define NATIVE(subject) {"native:" #subject, native_##subject, &native_##subject##_count}
    NATIVE(engine), NATIVE(loop),  NATIVE(text), NATIVE(fs),  NATIVE(process),  NATIVE(spawn),
    NATIVE(events), NATIVE(fd),
    NATIVE(linux),  NATIVE(mount), NATIVE(tty),  NATIVE(net), NATIVE(resident),
#undef NATIVE
};

static JSValue resolve_hook = STATIC_UNDEFINED, load_hook = STATIC_UNDEFINED;

static const NativeModule *native_module(const char *name) {
  for (size_t i = 0; i < countof(native_modules); i++)
    if (!strcmp(native_modules[i].name, name)) return &native_modules[i];
  return NULL;
}

/* One default export, an object whose functions come into being when first used. */
static int init_native(JSContext *ctx, JSModuleDef *m) {
  JSAtom atom = JS_GetModuleName(ctx, m);
  const char *name = JS_AtomToCString(ctx, atom);
  JS_FreeAtom(ctx, atom);
  if (!name) return -1;
  const NativeModule *native = native_module(name);
  JS_FreeCString(ctx, name);
  JSValue object = JS_NewObject(ctx);
  JS_SetPropertyFunctionList(ctx, object, native->functions, *native->count);
  return JS_SetModuleExport(ctx, m, "default", object);
}

static JSModuleDef *load_native(JSContext *ctx, const char *name) {
  if (!native_module(name)) {
    JS_ThrowReferenceError(ctx, "no native module '%s'", name);
    return NULL;
  }
  JSModuleDef *m = JS_NewCModule(ctx, name, init_native);
  if (m) JS_AddModuleExport(ctx, m, "default");
  return m;
}

/* Where a module is, and what it became when it was loaded: QuickJS finds loaded modules by name, but only for imports. */
typedef struct {
  const EmbeddedModule *modules;
  unsigned count;
  JSModuleDef **loaded;
} LoadedTable;

static LoadedTable in_binary, in_file;

/* Tables are in the order of their names (build-program.ts). */
static const EmbeddedModule *find_in(LoadedTable *table, const char *name) {
  unsigned from = 0, end = table->count;
  while (from < end) {
    unsigned middle = (from + end) / 2;
    int order = strcmp(table->modules[middle].name, name);
    if (order == 0) return &table->modules[middle];
    if (order < 0) from = middle + 1;
    else end = middle;
  }
  return NULL;
}

static void use_table(LoadedTable *table, const EmbeddedModule *modules, unsigned count) {
  if (table->loaded) return;
  *table = (LoadedTable){modules, count, calloc(count + 1, sizeof(JSModuleDef *))};
  if (!table->loaded) abort();
}

static const EmbeddedModule *embedded_module(JSContext *ctx, const char *name, LoadedTable **table) {
  use_table(*table = &in_binary, embedded_modules, embedded_module_count);
  const EmbeddedModule *module = find_in(*table, name);
  if (module) return module;
  const ModuleTable *rare = rare_modules(ctx);
  if (!rare) return NULL;
  use_table(*table = &in_file, rare->modules, rare->count);
  module = find_in(*table, name);
  if (!module) JS_ThrowReferenceError(ctx, "no module '%s' in this program", name);
  return module;
}

static bool is_embedded(const char *name) { return !strncmp(name, "box/", 4) || !strncmp(name, "node/", 5); }

static JSModuleDef *load_embedded(JSContext *ctx, const char *name) {
  LoadedTable *table;
  const EmbeddedModule *module = embedded_module(ctx, name, &table);
  if (!module) return NULL;
  JSModuleDef **known = &table->loaded[module - table->modules];
  if (*known) return *known;
  JSValue value = JS_ReadObject(ctx, module->start, module->end - module->start,
                                JS_READ_OBJ_BYTECODE | JS_READ_OBJ_ROM_DATA);
  if (JS_IsException(value)) return NULL;
  *known = JS_VALUE_GET_PTR(value);
  JS_FreeValue(ctx, value);
  return *known;
}

/* "./chunk.js" imported by "box/main.js" is "box/chunk.js"; our bundles have no deeper folders. */
static char *normalize_embedded(JSContext *ctx, const char *base, const char *name) {
  const char *slash = strchr(base, '/');
  while (!strncmp(name, "./", 2) || !strncmp(name, "../", 3)) name = strchr(name, '/') + 1;
  size_t folder = slash - base + 1, size = strlen(name) + 1;
  char *full = js_malloc(ctx, folder + size);
  if (!full) return NULL;
  memcpy(full, base, folder);
  memcpy(full + folder, name, size);
  return full;
}

static char *normalize(JSContext *ctx, const char *base, const char *name, void *opaque) {
  (void)opaque;
  if (!strncmp(name, "native:", 7) && is_embedded(base)) return js_strdup(ctx, name);
  if (is_embedded(base) && name[0] == '.') return normalize_embedded(ctx, base, name);
  if (JS_IsUndefined(resolve_hook)) return js_strdup(ctx, name);
  JSValue arguments[2] = {JS_NewString(ctx, base), JS_NewString(ctx, name)};
  JSValue resolved = JS_Call(ctx, resolve_hook, JS_UNDEFINED, 2, arguments);
  JS_FreeValue(ctx, arguments[0]);
  JS_FreeValue(ctx, arguments[1]);
  if (JS_IsException(resolved)) return NULL;
  const char *text = JS_ToCString(ctx, resolved);
  JS_FreeValue(ctx, resolved);
  if (!text) return NULL;
  char *copy = js_strdup(ctx, text);
  JS_FreeCString(ctx, text);
  return copy;
}

/* --- modules that are files --- */
static int set_import_meta(JSContext *ctx, JSModuleDef *m, const char *path) {
  JSValue meta = JS_GetImportMeta(ctx, m);
  if (JS_IsException(meta)) return -1;
  const char *slash = strrchr(path, '/');
  size_t folder = slash ? (slash == path ? 1 : slash - path) : 0;
  JSValue url = JS_NewString(ctx, "file://");
  JSValue global = JS_GetGlobalObject(ctx);
  JSValue encode = JS_GetPropertyStr(ctx, global, "encodeURI");
  JSValue text = JS_NewString(ctx, path);
  JSValue encoded = JS_Call(ctx, encode, JS_UNDEFINED, 1, &text);
  const char *tail = JS_ToCString(ctx, encoded);
  char *whole = malloc(strlen(tail ? tail : "") + 8);
  if (!whole) abort();
  sprintf(whole, "file://%s", tail ? tail : "");
  JS_FreeValue(ctx, url);
  JS_DefinePropertyValueStr(ctx, meta, "url", JS_NewString(ctx, whole), JS_PROP_C_W_E);
  JS_DefinePropertyValueStr(ctx, meta, "filename", text, JS_PROP_C_W_E);
  JS_DefinePropertyValueStr(ctx, meta, "dirname", JS_NewStringLen(ctx, path, folder), JS_PROP_C_W_E);
  free(whole);
  if (tail) JS_FreeCString(ctx, tail);
  JS_FreeValue(ctx, encoded);
  JS_FreeValue(ctx, encode);
  JS_FreeValue(ctx, global);
  JS_FreeValue(ctx, meta);
  return 0;
}

static JSModuleDef *compile_module(JSContext *ctx, const char *path, JSValueConst source) {
  size_t length;
  const char *text = JS_ToCStringLen(ctx, &length, source);
  if (!text) return NULL;
  JSValue compiled = JS_Eval(ctx, text, length, path, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
  JS_FreeCString(ctx, text);
  if (JS_IsException(compiled)) return NULL;
  JSModuleDef *m = JS_VALUE_GET_PTR(compiled);
  set_import_meta(ctx, m, path);
  JS_FreeValue(ctx, compiled);
  return m;
}

static void free_keys(JSContext *ctx, JSPropertyEnum *keys, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) JS_FreeAtom(ctx, keys[i].atom);
  js_free(ctx, keys);
}

/* A CommonJS or JSON module seen by `import`: its exports object, kept until the module is linked. */
static int init_foreign(JSContext *ctx, JSModuleDef *m) {
  JSValue meta = JS_GetImportMeta(ctx, m);
  JSValue exports = JS_GetPropertyStr(ctx, meta, "exports");
  JS_FreeValue(ctx, meta);
  JSPropertyEnum *keys = NULL;
  uint32_t count = 0;
  if (JS_IsObject(exports)) JS_GetOwnPropertyNames(ctx, &keys, &count, exports, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY);
  for (uint32_t i = 0; i < count; i++) {
    const char *key = JS_AtomToCString(ctx, keys[i].atom);
    if (key && strcmp(key, "default"))
      JS_SetModuleExport(ctx, m, key, JS_GetProperty(ctx, exports, keys[i].atom));
    if (key) JS_FreeCString(ctx, key);
  }
  free_keys(ctx, keys, count);
  return JS_SetModuleExport(ctx, m, "default", exports);
}

static JSModuleDef *foreign_module(JSContext *ctx, const char *path, JSValueConst exports) {
  JSModuleDef *m = JS_NewCModule(ctx, path, init_foreign);
  if (!m) return NULL;
  JSPropertyEnum *keys = NULL;
  uint32_t count = 0;
  if (JS_IsObject(exports)) JS_GetOwnPropertyNames(ctx, &keys, &count, exports, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY);
  JS_AddModuleExport(ctx, m, "default");
  for (uint32_t i = 0; i < count; i++) {
    const char *key = JS_AtomToCString(ctx, keys[i].atom);
    if (key && strcmp(key, "default")) JS_AddModuleExport(ctx, m, key);
    if (key) JS_FreeCString(ctx, key);
  }
  free_keys(ctx, keys, count);
  JSValue meta = JS_GetImportMeta(ctx, m);
  JS_DefinePropertyValueStr(ctx, meta, "exports", JS_DupValue(ctx, exports), JS_PROP_C_W_E);
  JS_FreeValue(ctx, meta);
  return m;
}

static JSModuleDef *load_file(JSContext *ctx, const char *path) {
  if (JS_IsUndefined(load_hook)) {
    JS_ThrowReferenceError(ctx, "cannot import '%s' here", path);
    return NULL;
  }
  JSValue text = JS_NewString(ctx, path);
  JSValue loaded = JS_Call(ctx, load_hook, JS_UNDEFINED, 1, &text);
  JS_FreeValue(ctx, text);
  if (JS_IsException(loaded)) return NULL;
  JSValue source = JS_GetPropertyStr(ctx, loaded, "source");
  JSModuleDef *m;
  if (JS_IsString(source)) {
    m = compile_module(ctx, path, source);
  } else {
    JSValue exports = JS_GetPropertyStr(ctx, loaded, "exports");
    m = foreign_module(ctx, path, exports);
    JS_FreeValue(ctx, exports);
  }
  JS_FreeValue(ctx, source);
  JS_FreeValue(ctx, loaded);
  return m;
}

static JSModuleDef *load(JSContext *ctx, const char *name, void *opaque) {
  (void)opaque;
  if (!strncmp(name, "native:", 7)) return load_native(ctx, name);
  return is_embedded(name) ? load_embedded(ctx, name) : load_file(ctx, name);
}

void modules_init(JSRuntime *rt) { JS_SetModuleLoaderFunc(rt, normalize, load, NULL); }

void run_embedded(JSContext *ctx, const char *name) {
  JSModuleDef *m = load_embedded(ctx, name);
  if (!m) return fatal_exception(ctx);
  JSValue value = JS_DupValue(ctx, JS_MKPTR(JS_TAG_MODULE, m));
  if (JS_ResolveModule(ctx, value) < 0) return fatal_exception(ctx);
  JSValue promise = JS_EvalFunction(ctx, value);
  if (JS_IsException(promise)) fatal_exception(ctx);
  JS_FreeValue(ctx, promise);
}

/* --- native:engine --- */
FUNCTION(set_module_hooks) {
  UNUSED_ARGUMENTS;
  JS_FreeValue(ctx, resolve_hook);
  JS_FreeValue(ctx, load_hook);
  resolve_hook = JS_DupValue(ctx, argv[0]);
  load_hook = JS_DupValue(ctx, argv[1]);
  return JS_UNDEFINED;
}

FUNCTION(set_fatal) {
  UNUSED_ARGUMENTS;
  set_fatal_hook(ctx, argv[0]);
  return JS_UNDEFINED;
}

/* eval(source, filename): a global script, its last value. */
FUNCTION(eval_script) {
  UNUSED_ARGUMENTS;
  size_t length;
  const char *source = JS_ToCStringLen(ctx, &length, argv[0]);
  if (!source) return JS_EXCEPTION;
  ARG_TEXT(path, 1);
  JSValue value = JS_Eval(ctx, source, length, path, JS_EVAL_TYPE_GLOBAL);
  JS_FreeCString(ctx, source);
  return value;
}

/* evalModule(source, filename): the module's promise. */
FUNCTION(eval_module) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(path, 1);
  JSModuleDef *m = compile_module(ctx, path, argv[0]);
  if (!m) return JS_EXCEPTION;
  return JS_EvalFunction(ctx, JS_DupValue(ctx, JS_MKPTR(JS_TAG_MODULE, m)));
}

/* require(name): the namespace of an embedded module, at once; they have no top-level await. */
FUNCTION(require_embedded) {
  UNUSED_ARGUMENTS;
  ARG_TEXT(name, 0);
  JSModuleDef *m = load_embedded(ctx, name);
  if (!m) return JS_EXCEPTION;
  JSValue value = JS_DupValue(ctx, JS_MKPTR(JS_TAG_MODULE, m));
  if (JS_ResolveModule(ctx, value) < 0) return JS_EXCEPTION;
  JSValue promise = JS_EvalFunction(ctx, value);
  if (JS_IsException(promise)) return promise;
  JSValue result = JS_PromiseState(ctx, promise) == JS_PROMISE_REJECTED ? JS_Throw(ctx, JS_PromiseResult(ctx, promise))
                                                                        : JS_GetModuleNamespace(ctx, m);
  JS_FreeValue(ctx, promise);
  return result;
}

FUNCTION(run_gc) {
  UNUSED_ARGUMENTS;
  JS_RunGC(JS_GetRuntime(ctx));
  return JS_UNDEFINED;
}

/* setGcThreshold(bytes): collect cycles when this much has been allocated. */
FUNCTION(set_gc_threshold) {
  UNUSED_ARGUMENTS;
  ARG_DOUBLE(bytes, 0);
  JS_SetGCThreshold(JS_GetRuntime(ctx), (size_t)bytes);
  return JS_UNDEFINED;
}

FUNCTION(memory_usage) {
  UNUSED_ARGUMENTS;
  JSMemoryUsage usage;
  JS_ComputeMemoryUsage(JS_GetRuntime(ctx), &usage);
  JSValue pair = JS_NewArray(ctx);
  JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt64(ctx, usage.malloc_size));
  JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt64(ctx, usage.memory_used_size));
  return pair;
}

const JSCFunctionListEntry native_engine[] = {
    JS_CFUNC_DEF("setModuleHooks", 2, set_module_hooks),
    JS_CFUNC_DEF("setFatal", 1, set_fatal),
    JS_CFUNC_DEF("evalScript", 2, eval_script),
    JS_CFUNC_DEF("evalModule", 2, eval_module),
    JS_CFUNC_DEF("requireEmbedded", 1, require_embedded),
    JS_CFUNC_DEF("gc", 0, run_gc),
    JS_CFUNC_DEF("setGcThreshold", 1, set_gc_threshold),
    JS_CFUNC_DEF("memoryUsage", 0, memory_usage),
};
const int native_engine_count = countof(native_engine);
