/*
 * `box`, alias `docker`: first a small client of the resident (client.c), which touches no QuickJS; without a resident it
 * runs the verb itself. Its context has only the intrinsics that the runtime's own code uses, and no parser: all of its
 * code is bytecode. `node` (node.c) is another program of the same engine.
 */
#include <stdlib.h>

#include "engine.h"

static JSContext *new_context(JSRuntime *rt) {
  JSContext *ctx = JS_NewContextRaw(rt);
  if (!ctx) return NULL;
  JS_AddIntrinsicBaseObjects(ctx);
  add_plain_concat(ctx);
  JS_AddIntrinsicDate(ctx);
  JS_AddIntrinsicRegExp(ctx);
  add_intrinsic_json(ctx);
  JS_AddIntrinsicMapSet(ctx);
  JS_AddIntrinsicTypedArrays(ctx);
  JS_AddIntrinsicPromise(ctx);
  return ctx;
}

static bool is_resident(int argc, char **argv) { return argc > 1 && !strcmp(argv[1], "agent"); }

/* These verbs are the resident itself, or must not depend on it. */
static bool runs_directly(int argc, char **argv) {
  return getenv("BOX_DIRECT") || is_resident(argc, argv) || (argc > 1 && !strcmp(argv[1], "oci"));
}

int main(int argc, char **argv, char **envp) {
  fill_standard_descriptors();
  if (!runs_directly(argc, argv)) {
    int code = client_run(argc, argv, envp);
    if (code >= 0) return code;
  }
  protect_program(argc, argv, envp);
  if (is_resident(argc, argv)) allocator_expect_forks();
  start_runtime(argc, argv);
  return run_program(new_context(engine.rt), "box/main.js");
}
