/*
 * One static binary, several names. As `box` or `docker` it is first a small client of the resident (client.c), which
 * touches no QuickJS; without a resident it runs the verb itself on a raw context. As `node` it runs scripts.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine.h"

Engine engine;

/* A process that lives for one command frees nothing: collecting cycles early would only cost. */
#define GC_THRESHOLD_BYTES (8 << 20)
#define JS_STACK_BYTES (1 << 20)

static JSContext *new_context(JSRuntime *rt, bool full) {
  if (full) return JS_NewContext(rt);
  JSContext *ctx = JS_NewContextRaw(rt);
  if (!ctx) return NULL;
  JS_AddIntrinsicBaseObjects(ctx);
  JS_AddIntrinsicDate(ctx);
  JS_AddIntrinsicRegExp(ctx);
  JS_AddIntrinsicJSON(ctx);
  JS_AddIntrinsicMapSet(ctx);
  JS_AddIntrinsicTypedArrays(ctx);
  JS_AddIntrinsicPromise(ctx);
  return ctx;
}

static void start_engine(int argc, char **argv, bool full) {
  engine = (Engine){.argc = argc, .argv = argv, .full_context = full};
  engine.rt = new_runtime();
  engine.ctx = engine.rt ? new_context(engine.rt, full) : NULL;
  if (!engine.ctx) {
    fputs("engine: not enough memory to start\n", stderr);
    _exit(1);
  }
  JS_SetGCThreshold(engine.rt, GC_THRESHOLD_BYTES);
  JS_SetMaxStackSize(engine.rt, JS_STACK_BYTES);
  JS_SetHostPromiseRejectionTracker(engine.rt, track_rejection, NULL);
  modules_init(engine.rt);
  /* a closed pipe is an EPIPE error, as in Node */
  signal(SIGPIPE, SIG_IGN);
}

static const char *base_name(const char *path) {
  const char *slash = path ? strrchr(path, '/') : NULL;
  return slash ? slash + 1 : path ? path : "";
}

/* A login shell's "-box" and a versioned "node20" count too. */
static bool is_node(const char *name) { return !strncmp(name + (name[0] == '-'), "node", 4); }

/* These verbs are the resident itself, or must not depend on it. */
static bool runs_directly(int argc, char **argv) {
  return getenv("BOX_DIRECT") || (argc > 1 && (!strcmp(argv[1], "agent") || !strcmp(argv[1], "oci")));
}

/* Standard descriptors that the caller closed become /dev/null: else the next open would take their numbers. */
static void fill_standard_descriptors(void) {
  for (int fd = 0; fd < 3; fd++)
    if (fcntl(fd, F_GETFD) < 0) open("/dev/null", O_RDWR);
}

int main(int argc, char **argv, char **envp) {
  fill_standard_descriptors();
  bool node = is_node(base_name(argv[0]));
  if (!node && !runs_directly(argc, argv)) {
    int code = client_run(argc, argv, envp);
    if (code >= 0) return code;
  }
  if (!node) protect_program(argc, argv, envp);
  start_engine(argc, argv, node);
  run_embedded(engine.ctx, node ? "node/main.js" : "box/main.js");
  loop_run(engine.ctx);
  /* only reached when JS did not exit by itself: something that it waits for can no longer happen */
  fprintf(stderr, "%s: nothing left to wait for\n", base_name(argv[0]));
  return 13;
}
