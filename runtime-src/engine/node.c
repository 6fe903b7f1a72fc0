/* `node`: the engine with all of QuickJS, parser and every intrinsic, for scripts. Starts node/main.ts. */
#include "engine.h"

int main(int argc, char **argv) {
  fill_standard_descriptors();
  start_runtime(argc, argv);
  return run_program(JS_NewContext(engine.rt), "node/main.js");
}
