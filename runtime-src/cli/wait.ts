/** `docker wait` */
import { awaitEndWithin } from "../container/end.ts";
import { readState } from "../container/state.ts";
import { requireContainer } from "./each-container.ts";
import type { Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

export const wait: Verb = {
  usage: "wait CONTAINER [CONTAINER...]",
  summary: "Block until one or more containers stop, then print their exit codes",
  aliases: ["container wait"],
  async run(runtime, argv) {
    requireWords(argv, 1);
    const states = argv.map((reference) => requireContainer(runtime, reference));
    for (const { id, exitCode } of states) {
      await awaitEndWithin(runtime, id, Number.POSITIVE_INFINITY);
      runtime.out(`${readState(runtime.paths, id)?.exitCode ?? exitCode ?? 0}\n`);
    }
    return 0;
  },
};
