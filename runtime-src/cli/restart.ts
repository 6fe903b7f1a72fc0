/** `docker restart`: stop as `stop` does, start with a new supervisor. */
import { containerEvent, emitEvents } from "../container/events.ts";
import { eachContainer, requireContainer } from "./each-container.ts";
import { parseFlags } from "./flags.ts";
import type { Verb } from "./runtime.ts";
import { startOne } from "./start.ts";
import { STOP_FLAGS, stopContainer, stopOptions } from "./stop.ts";
import { requireWords } from "./word-count.ts";

export const restart: Verb = {
  usage: "restart [OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Restart one or more containers",
  aliases: ["container restart"],
  flags: STOP_FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(STOP_FLAGS, argv, true);
    requireWords(flags.rest, 1);
    const options = stopOptions(flags);
    return eachContainer(runtime, flags.rest, async (reference) => {
      const { id } = requireContainer(runtime, reference);
      await stopContainer(runtime, id, options);
      const state = requireContainer(runtime, id);
      startOne(runtime, state);
      emitEvents(runtime.paths, [containerEvent(state, "restart")]);
    });
  },
};
