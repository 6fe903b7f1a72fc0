import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { earlyBoot, earlyStartScript } from "./early-start.ts";

const PATHS = {
  workerUrl: "/m/worker.js",
  v86Url: "/m/libv86.mjs",
  wasmUrl: "/m/v86.wasm",
  manifestUrl: "/g/manifest.json",
};
const SCRIPTS = ["/a.js", "/b.js"];

interface Page {
  readonly worker: { name: string; onmessage(event: { data: unknown }): void };
  readonly added: string[];
  says(state: string): void;
  /** Lets pass what the script waits for at most; by the order in which it asked. */
  readonly timers: (() => void)[];
  readonly listeners: Map<string, () => void>;
}

/** Runs the script in a window of few or many cores. */
function open(cores: number, hasWorkers = true): Page {
  const added: string[] = [];
  const timers: (() => void)[] = [];
  const listeners = new Map<string, () => void>();
  let worker = { name: "", onmessage: (_: { data: unknown }) => {} };
  class FakeWorker {
    name: string;
    onmessage = (_: { data: unknown }) => {};
    constructor(_: string, { name }: { name: string }) {
      if (!hasWorkers) throw new TypeError("no modules in workers");
      this.name = name;
      worker = this;
    }
  }
  runInNewContext(earlyStartScript(PATHS, SCRIPTS), {
    URL,
    Worker: FakeWorker,
    location: { origin: "https://labs.example.org" },
    navigator: { hardwareConcurrency: cores },
    document: { createElement: () => ({}), head: { append: ({ src }: { src: string }) => added.push(src) } },
    setTimeout: (run: () => void) => timers.push(run),
    addEventListener: (type: string, run: () => void) => listeners.set(type, run),
  });
  const says = (state: string) => worker.onmessage({ data: { type: "boot-state", boot: { state } } });
  return { worker, added, says, timers, listeners };
}

test("the worker's name says what to boot", () => {
  expect(earlyBoot(open(8).worker.name)).toEqual({
    type: "boot",
    manifestUrl: "https://labs.example.org/g/manifest.json",
    v86Url: "https://labs.example.org/m/libv86.mjs",
    wasmUrl: "https://labs.example.org/m/v86.wasm",
    jit: "governed",
  });
  expect(earlyBoot("glassbox machine")).toBeNull();
});

test("with cores enough the page's scripts come at once, each once", () => {
  const page = open(8);
  expect(page.added).toEqual(SCRIPTS);
  page.says("ready");
  expect(page.added).toEqual(SCRIPTS);
});

test.each(["ready", "failed", "crashed", "booting"])("with few they wait until the machine is %s", (state) => {
  const page = open(2);
  for (const early of ["downloading", "restoring", "syncing"]) page.says(early);
  expect(page.added).toEqual([]);
  page.says(state);
  expect(page.added).toEqual(SCRIPTS);
});

test("they do not wait for a slow download, nor for ever, nor for a visitor who is already there", () => {
  const slow = open(2);
  slow.says("downloading");
  slow.timers[0]?.();
  expect(slow.added).toEqual(SCRIPTS);

  const stuck = open(2);
  stuck.says("restoring");
  stuck.timers[0]?.();
  expect(stuck.added).toEqual([]);
  stuck.timers[1]?.();
  expect(stuck.added).toEqual(SCRIPTS);

  const touched = open(2);
  touched.listeners.get("pointerdown")?.();
  expect(touched.added).toEqual(SCRIPTS);
});

test("without workers that load modules they come at once", () => {
  expect(open(2, false).added).toEqual(SCRIPTS);
});
