/** `docker rename`: the new name is claimed before the old one is let go, so the container is never without one. */

import { containerEvent, emitEvents } from "../container/events.ts";
import { renameContainer } from "../container/rename.ts";
import { isName } from "../container/state.ts";
import { requireContainer } from "./each-container.ts";
import { parseFlags } from "./flags.ts";
import { CommandError, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

export const rename: Verb = {
  usage: "rename CONTAINER NEW_NAME",
  summary: "Rename a container",
  aliases: ["container rename"],
  run(runtime, argv) {
    const { rest } = parseFlags([], argv, true);
    requireWords(rest, 2, 2);
    const [reference = "", given = ""] = rest;
    const name = given.replace(/^\//, "");
    const state = requireContainer(runtime, reference);
    if (!isName(name)) {
      throw new CommandError(`Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
    }
    if (name === state.name) {
      throw new CommandError("Renaming a container with the same name as its current name");
    }
    renameContainer(runtime, state, name);
    emitEvents(runtime.paths, [containerEvent({ ...state, name }, "rename", { oldName: `/${state.name}` })]);
    return 0;
  },
};
