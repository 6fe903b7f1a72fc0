import { expect, test } from "vitest";
import type { BootState } from "../../lib/protocol/machine.ts";
import { createMachineStore } from "../../lib/stores/machine-store.ts";
import type { GlassboxScript } from "../../lib/stores/script-api.ts";
import { typeAtStart } from "./start-commands.ts";

const READY: BootState = { state: "ready", bootMs: 1, receivedBytes: 1 };

/** A lab whose shell answers when it is told to. */
function lab(commands: readonly string[]) {
  const machine = createMachineStore();
  const typed: string[] = [];
  const open: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const script: GlassboxScript = {
    ready: async () => {},
    settled: async () => {},
    run: (command) =>
      new Promise((resolve, reject) => {
        typed.push(command);
        open.push({ resolve, reject });
      }),
  };
  const stop = typeAtStart({ machine }, script, commands);
  const enter = (...states: BootState[]) => {
    for (const boot of states) machine.setState({ boot });
  };
  const prompts = async () => {
    open.shift()?.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { typed, enter, prompts, stop, open };
}

test("each command is typed when the one before is back at a prompt", async () => {
  const { typed, enter, prompts } = lab(["one", "two"]);
  enter({ state: "restoring" }, { state: "syncing" });
  expect(typed).toEqual([]);
  enter(READY);
  expect(typed).toEqual(["one"]);
  await prompts();
  expect(typed).toEqual(["one", "two"]);
});

test("again after a reset, with what was left of the first time forgotten; not after a pause", async () => {
  const { typed, enter, prompts } = lab(["one", "two"]);
  enter(READY);
  enter({ state: "paused", by: "hidden" }, { state: "syncing" }, READY);
  expect(typed).toEqual(["one"]);
  enter({ state: "restoring" }, { state: "syncing" }, READY);
  expect(typed).toEqual(["one", "one"]);
  await prompts();
  expect(typed).toEqual(["one", "one"]);
  await prompts();
  expect(typed).toEqual(["one", "one", "two"]);
});

test("a command that does not come back holds up the others, and a lab that is gone types nothing more", async () => {
  const held = lab(["sleep 900", "two"]);
  held.enter(READY);
  held.open[0]?.reject(new Error("run sleep 900: not done"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(held.typed).toEqual(["sleep 900"]);

  const gone = lab(["one", "two"]);
  gone.enter(READY);
  gone.stop();
  await gone.prompts();
  expect(gone.typed).toEqual(["one"]);
});
