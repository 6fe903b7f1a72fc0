/**
 * The machine starts while the page is still being parsed: a small inline script, which the build puts into pages that
 * start at once, makes the worker; React's hydration and the download and restore then run side by side. The page's
 * client takes the worker over, with all that it has said so far.
 *
 * What to boot stands in the worker's name: a message waits in the page until the page has heard that the worker runs,
 * and the page is busy with its first layout then. Where cores are few, the page's own scripts are held back until the
 * machine answers: it would wait for the same cores. Not where the network is what takes long, nor for a visitor who
 * already touches the page.
 *
 * The script is text, because it must run before any bundle; it and `takeEarlyWorker` agree on one global.
 */
import type { MachineRequest } from "../protocol/machine.ts";
import type { WorkerMessage } from "../protocol/snapshot-delta.ts";

/**
 * The worker's file, with what v86 looks for in its own address: slices are then queued by scheduler.postTask. Without it, or
 * where that is missing, v86 has a second worker wake the first for each slice, which costs an idle guest two threads' wakes.
 */
export const WORKER_FILE = "worker.js?use-scheduling-api";

export interface EarlyWorker {
  readonly workerUrl: string;
  readonly worker: Worker;
  /** What the worker said before it was taken over, in order. */
  readonly notices: WorkerMessage[];
}

declare global {
  var glassboxEarly: EarlyWorker | undefined;
}

/** Paths are from the origin's root, e.g. "/machine/0f1e2d3c4b5a/worker.js". */
export interface EarlyPaths {
  readonly workerUrl: string;
  readonly v86Url: string;
  readonly wasmUrl: string;
  readonly manifestUrl: string;
}

/** With more cores, page and machine do not get into each other's way. */
const FEW_CORES = 2;
/** A download that is not done by now is what the visitor waits for, not the cores. */
const DOWNLOAD_MS = 600;
/** A machine that does not answer by now has a reason, which the page has to tell. */
const HOLD_MS = 2_500;

type BootRequest = Extract<MachineRequest, { type: "boot" }>;

/**
 * JavaScript for an inline script. `scripts` are the page's own, which it adds to the document when their time has come.
 * Ends without a machine, and without harm, where modules in workers are missing.
 */
export function earlyStartScript(
  { workerUrl, v86Url, wasmUrl, manifestUrl }: EarlyPaths,
  scripts: readonly string[],
): string {
  const boot: BootRequest = { type: "boot", manifestUrl, v86Url, wasmUrl, jit: "governed" };
  return [
    `(()=>{let held=${JSON.stringify(scripts)},state;`,
    `const go=()=>{for(const src of held)document.head.append(Object.assign(document.createElement("script"),{src}));held=[]};`,
    `try{const a=p=>new URL(p,location.origin).href,b=${JSON.stringify(boot)};`,
    `for(const k of["manifestUrl","v86Url","wasmUrl"])b[k]=a(b[k]);`,
    `const workerUrl=a(${JSON.stringify(workerUrl)}),notices=[],`,
    `worker=new Worker(workerUrl,{type:"module",name:JSON.stringify(b)});`,
    `worker.onmessage=({data})=>{notices.push(data);state=data.boot?.state??state;`,
    `if(!/^(downloading|restoring|syncing)$/.test(state))go()};worker.onerror=go;`,
    "globalThis.glassboxEarly={workerUrl,worker,notices};",
    `if(navigator.hardwareConcurrency>${FEW_CORES})go();`,
    `else{setTimeout(()=>/restoring|syncing/.test(state)||go(),${DOWNLOAD_MS});setTimeout(go,${HOLD_MS});`,
    `for(const type of["pointerdown","keydown"])addEventListener(type,go,{once:true})}`,
    "}catch{go()}})()",
  ].join("");
}

/** In the worker: what the inline script wants booted; null in a worker that the page's client made. */
export function earlyBoot(workerName: string): BootRequest | null {
  return workerName.startsWith("{") ? (JSON.parse(workerName) as BootRequest) : null;
}

/** The worker that the inline script made, once; null where there is none or it is of another build. */
export function takeEarlyWorker(workerUrl: string): EarlyWorker | null {
  const early = globalThis.glassboxEarly;
  if (!early) return null;
  globalThis.glassboxEarly = undefined;
  if (early.workerUrl === workerUrl) return early;
  early.worker.terminate();
  return null;
}
