import { test as base, expect, type Locator, type Page } from "playwright/test";
import type { MachineRequest } from "../../lib/protocol/machine.ts";
import type { WorkerMessage } from "../../lib/protocol/snapshot-delta.ts";
import { readScene } from "./scene.ts";

/** Stands where the machine's worker would: it says what the test has it say, and of what the page asks answers the list. */
interface StandIn {
  say(data: WorkerMessage): void;
}

declare global {
  var standIn: StandIn | undefined;
}

/** When the scene plays: of no matter, but the same at every run. */
const EPOCH = new Date("2026-01-01T12:00:00Z");
/** The page's clock goes on while it loads, and stops here. */
const LONGEST_LOAD_MS = 600_000;
/** Longer than a frame: each moment is drawn by itself. */
const BETWEEN_MS = 40;
/** After this the last moment's ordinary exits have faded, what the kernel killed has not. */
const SETTLED_MS = 1_000;
const BOOT: WorkerMessage = { type: "boot-state", boot: { state: "ready", bootMs: 640, receivedBytes: 5_800_000 } };

/** Runs before the page's own scripts: the page gets no machine, so nothing of a run depends on the host's speed. */
function replaceWorker(theme: string): void {
  localStorage.setItem("glassbox.theme", theme);
  class StandInWorker implements StandIn {
    onmessage: ((event: { readonly data: WorkerMessage }) => void) | null = null;
    onerror = null;
    #list: Extract<WorkerMessage, { type: "answer" }> | null = null;
    constructor() {
      globalThis.standIn = this;
    }
    say(data: WorkerMessage): void {
      if (data.type === "answer") this.#list = data;
      else this.onmessage?.({ data });
    }
    postMessage(request: MachineRequest): void {
      if (request.type === "ask" && request.method === "list" && this.#list)
        this.onmessage?.({ data: { ...this.#list, id: request.id } });
    }
    terminate(): void {}
  }
  window.Worker = StandInWorker as unknown as typeof Worker;
}

/** The page with the recorded scene on it, at rest: its clock stands still. */
export class ScenePage {
  readonly page: Page;
  /** What has not been played yet. */
  readonly #moments = byMoment(readScene());

  constructor(page: Page) {
    this.page = page;
  }

  async open(address: string, theme: "dark" | "light", size: { width: number; height: number }): Promise<void> {
    const { page } = this;
    await page.setViewportSize(size);
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.clock.install({ time: EPOCH });
    await page.addInitScript(replaceWorker, theme);
    await page.goto(address);
    // Where cores are few, the page's own scripts wait for this.
    await this.#say([BOOT]);
    await page.waitForFunction(() => window.glassbox !== undefined);
    await page.clock.pauseAt(new Date(EPOCH.getTime() + LONGEST_LOAD_MS));
  }

  /** Plays the scene up to its first moment, when nothing has been made yet, or to its end. */
  async play(to: "first" | "end" = "end"): Promise<void> {
    const moments = to === "first" ? this.#moments.splice(0, 1) : this.#moments.splice(0);
    for (const messages of moments) {
      await this.#say(messages);
      await this.page.clock.runFor(BETWEEN_MS);
    }
    await this.pass(SETTLED_MS);
  }

  /** Lets that much of the page's time go by, and all of its fonts arrive. */
  async pass(ms: number): Promise<void> {
    await this.page.clock.runFor(ms);
    await this.page.evaluate(() => document.fonts.ready);
  }

  /** Waits for what a click brings: the page's code for it may have to be fetched first. */
  async appears(what: Locator): Promise<Locator> {
    await expect(async () => {
      await this.page.clock.runFor(BETWEEN_MS);
      expect(await what.isVisible()).toBe(true);
    }).toPass({ intervals: [20] });
    await this.pass(SETTLED_MS);
    return what;
  }

  async #say(messages: readonly WorkerMessage[]): Promise<void> {
    await this.page.evaluate((said) => {
      for (const data of said) globalThis.standIn?.say(data);
    }, messages);
  }
}

/** Each moment with what was said before it. */
function byMoment(messages: readonly WorkerMessage[]): (readonly WorkerMessage[])[] {
  const parts: WorkerMessage[][] = [[]];
  for (const message of messages) {
    parts.at(-1)?.push(message);
    if (message.type === "snapshot-delta") parts.push([]);
  }
  return parts;
}

export const test = base.extend<{ readonly scene: ScenePage }>({
  scene: async ({ page }, use) => {
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await use(new ScenePage(page));
    expect(faults, "uncaught errors on the page").toEqual([]);
  },
});

export { expect };
