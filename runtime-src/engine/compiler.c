/*
 * Build tool, runs on the build host: compiles one bundled ES module to QuickJS bytecode.
 *   compiler NAME INPUT.js OUTPUT
 * The bytecode holds no pointers and no word sizes, so what a 64-bit host writes a 32-bit guest reads. Source text is
 * stripped, line numbers stay.
 */
#include <stdio.h>
#include <stdlib.h>

#include "quickjs.h"

static int init_nothing(JSContext *ctx, JSModuleDef *m) {
  (void)ctx, (void)m;
  return 0;
}

/* Imports are resolved where the bytecode is loaded; here any name will do. */
static JSModuleDef *load_nothing(JSContext *ctx, const char *name, void *opaque) {
  (void)opaque;
  return JS_NewCModule(ctx, name, init_nothing);
}

static char *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  fseek(file, 0, SEEK_END);
  *size = ftell(file);
  rewind(file);
  char *text = malloc(*size + 1);
  if (text && fread(text, 1, *size, file) == *size) text[*size] = 0;
  fclose(file);
  return text;
}

int main(int argc, char **argv) {
  if (argc != 4) return fputs("usage: compiler NAME INPUT.js OUTPUT\n", stderr), 2;
  size_t size, bytes;
  char *source = read_file(argv[2], &size);
  if (!source) return perror(argv[2]), 1;
  JSRuntime *rt = JS_NewRuntime();
  JSContext *ctx = JS_NewContext(rt);
  JS_SetStripInfo(rt, JS_STRIP_SOURCE);
  JS_SetModuleLoaderFunc(rt, NULL, load_nothing, NULL);
  JSValue module = JS_Eval(ctx, source, size, argv[1], JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
  if (JS_IsException(module)) {
    JSValue error = JS_GetException(ctx);
    fprintf(stderr, "%s: %s\n", argv[1], JS_ToCString(ctx, error));
    JSValue stack = JS_GetPropertyStr(ctx, error, "stack");
    fprintf(stderr, "%s\n", JS_ToCString(ctx, stack));
    return 1;
  }
  uint8_t *code = JS_WriteObject(ctx, &bytes, module, JS_WRITE_OBJ_BYTECODE);
  FILE *out = fopen(argv[3], "wb");
  if (!code || !out || fwrite(code, 1, bytes, out) != bytes || fclose(out)) return perror(argv[3]), 1;
  return 0;
}
