/* What every program of the engine does between main() and its first JavaScript, and after its last. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "engine.h"

Engine engine;

/* A process that lives for one command frees nothing: collecting cycles early would only cost. */
#define GC_THRESHOLD_BYTES (8 << 20)
#define JS_STACK_BYTES (1 << 20)
#define EXIT_UNSETTLED 13

/* Standard descriptors that the caller closed become /dev/null: else the next open would take their numbers. */
void fill_standard_descriptors(void) {
  for (int fd = 0; fd < 3; fd++)
    if (fcntl(fd, F_GETFD) < 0) open("/dev/null", O_RDWR);
}

const char *base_name(const char *path) {
  const char *slash = path ? strrchr(path, '/') : NULL;
  return slash ? slash + 1 : path ? path : "";
}

__attribute__((noreturn)) static void no_memory(void) {
  fputs("engine: not enough memory to start\n", stderr);
  _exit(1);
}

void start_runtime(int argc, char **argv) {
  engine = (Engine){.argc = argc, .argv = argv, .program = argc > 0 ? argv[0] : ""};
  engine.rt = new_runtime();
  if (!engine.rt) no_memory();
  JS_SetGCThreshold(engine.rt, GC_THRESHOLD_BYTES);
  JS_SetMaxStackSize(engine.rt, JS_STACK_BYTES);
  JS_SetHostPromiseRejectionTracker(engine.rt, track_rejection, NULL);
  modules_init(engine.rt);
  /* a closed pipe is an EPIPE error, as in Node */
  signal(SIGPIPE, SIG_IGN);
}

int run_program(JSContext *ctx, const char *module) {
  if (!ctx) no_memory();
  engine.ctx = ctx;
  run_embedded(ctx, module);
  loop_run(ctx);
  /* only reached when JS did not exit by itself: something that it waits for can no longer happen */
  fprintf(stderr, "%s: nothing left to wait for\n", base_name(engine.argv[0]));
  return EXIT_UNSETTLED;
}
