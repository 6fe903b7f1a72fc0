/**
 * Runs in the measured page before its own scripts: gets hold of the machine's worker as the page makes it, types
 * commands as soon as the machine is ready, and notes when their output arrives. Plain functions without imports,
 * because Playwright sends their text.
 */
export interface PageProbe {
  /** performance.now() of the page. */
  readyAtMs: number | null;
  screen: string;
  worker: Worker | null;
  /** Types a line into the first terminal; resolves to the ms until `needle` came out. */
  run(line: string, needle: string): Promise<number>;
}

declare global {
  interface Window {
    probe: PageProbe;
  }
}

export function installProbe(): void {
  const watchers = new Set<() => void>();
  const decoder = new TextDecoder();
  const probe: PageProbe = {
    readyAtMs: null,
    screen: "",
    worker: null,
    run(line, needle) {
      const startedAtMs = performance.now();
      const from = probe.screen.length;
      return new Promise((resolve) => {
        const check = (): void => {
          if (!probe.screen.slice(from).includes(needle)) return;
          watchers.delete(check);
          resolve(performance.now() - startedAtMs);
        };
        watchers.add(check);
        const data = new TextEncoder().encode(`${line}\n`);
        probe.worker?.postMessage({ type: "input", terminal: "hvc0", data });
      });
    },
  };
  const Original = window.Worker;
  window.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      if (!String(url).includes("/machine/")) return;
      probe.worker = this;
      this.addEventListener("message", ({ data }: MessageEvent) => {
        if (data.type === "boot-state" && data.boot.state === "ready") probe.readyAtMs ??= performance.now();
        if (data.type === "output" && data.terminal === "hvc0") probe.screen += decoder.decode(data.data);
        for (const watcher of [...watchers]) watcher();
      });
    }
  };
  window.probe = probe;
}
