/** `docker kill` */
import { forbidRestart, signalContainer } from "../container/end.ts";
import { containerEvent, emitEvents } from "../container/events.ts";
import { shortId } from "../container/paths.ts";
import { SIGKILL } from "../linux/constants.ts";
import { eachContainer, requireContainer } from "./each-container.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { CommandError, type Verb } from "./runtime.ts";
import { parseSignal } from "./signal-names.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [{ name: "signal", short: "s", kind: "text", help: "Signal to send to the container" }];

export const kill: Verb = {
  usage: "kill [OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Kill one or more running containers",
  aliases: ["container kill"],
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 1);
    const signal = parseSignal(flags.text("signal") ?? "KILL");
    return eachContainer(runtime, flags.rest, (reference) => {
      const found = requireContainer(runtime, reference);
      // as docker: a kill is somebody's wish, whatever the policy says; SIGHUP and the like are not an end
      const isEnd = signal === SIGKILL || signal === parseSignal(found.stopSignal ?? "TERM");
      const state = isEnd && found.status === "running" ? forbidRestart(runtime, found) : found;
      const sent = state.status === "running" && state.pid !== null && signalContainer(runtime, state.pid, signal);
      if (sent) {
        emitEvents(runtime.paths, [containerEvent(state, "kill", { signal: String(signal) })]);
        return;
      }
      throw new CommandError(`cannot kill container: ${reference}: container ${shortId(state.id)} is not running`);
    });
  },
};
