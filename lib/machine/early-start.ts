/**
 * The machine starts while the page is still being parsed: a small inline script, which the build puts into pages that
 * start at once, makes the worker and sends the boot request; React's hydration and the download and restore then run
 * side by side. The page's client takes the worker over, with all that it has said so far.
 *
 * The script is text, because it must run before any bundle; it and `takeEarlyWorker` agree on one global.
 */
import type { MachineRequest } from "../protocol/machine.ts";
import type { WorkerMessage } from "../protocol/snapshot-delta.ts";

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

/** JavaScript for an inline script. Ends without a machine, and without harm, where modules in workers are missing. */
export function earlyStartScript({ workerUrl, v86Url, wasmUrl, manifestUrl }: EarlyPaths): string {
  const boot: Extract<MachineRequest, { type: "boot" }> = {
    type: "boot",
    manifestUrl,
    v86Url,
    wasmUrl,
    jit: "governed",
  };
  return [
    `(()=>{try{const a=p=>new URL(p,location.origin).href,b=${JSON.stringify(boot)};`,
    `for(const k of["manifestUrl","v86Url","wasmUrl"])b[k]=a(b[k]);`,
    `const workerUrl=a(${JSON.stringify(workerUrl)}),notices=[],`,
    `worker=new Worker(workerUrl,{type:"module",name:"glassbox machine"});`,
    "worker.onmessage=e=>notices.push(e.data);worker.postMessage(b);",
    "globalThis.glassboxEarly={workerUrl,worker,notices}}catch{}})()",
  ].join("");
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
