/**
 * The worker that owns the machine in the browser. It alone loads v86, by URL and at run time: v86 does not survive
 * bundling (its Node code breaks bundlers, a `process` polyfill makes it pick the wrong scheduler).
 * scripts/build-worker.ts puts libv86.mjs and v86.wasm beside this file's bundle under their own names.
 */
import type { MachineNotice, MachineRequest } from "../protocol/machine.ts";
import { earlyBoot } from "./early-start.ts";
import type { V86Constructor } from "./emulator.ts";
import type { MachineHost } from "./host.ts";
import { Machine } from "./machine.ts";
import { createSnapshotSender } from "./snapshot-transfer.ts";

declare const self: DedicatedWorkerGlobalScope;

/** Where WebAssembly lacks a feature that v86.wasm needs, v86 ships a second build. */
const fallbackOf = (wasmUrl: string): string => wasmUrl.replace("v86.wasm", "v86-fallback.wasm");

async function fetched(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  return response;
}

async function compile(wasmUrl: string): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compileStreaming(fetched(wasmUrl));
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    return WebAssembly.compileStreaming(fetched(fallbackOf(wasmUrl)));
  }
}

async function load(url: string, onReceived: Parameters<MachineHost["load"]>[1]): Promise<ArrayBuffer> {
  const { body, headers } = await fetched(url);
  const sentBytes = headers.has("content-encoding") ? Number(headers.get("content-length")) : null;
  if (!body) throw new Error(`${url}: empty answer`);
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for (let reader = body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    sizeBytes += value.length;
    onReceived(value.length, sentBytes);
  }
  // Not as a Blob: that would take the bytes to the browser's own process and back.
  const whole = new Uint8Array(sizeBytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole.buffer;
}

function hostFor(v86Url: string, wasmUrl: string): MachineHost {
  let loaded: ReturnType<MachineHost["loadV86"]> | null = null;
  const loadBoth = async (): ReturnType<MachineHost["loadV86"]> => {
    const [library, module] = await Promise.all([
      import(/* @vite-ignore */ v86Url) as Promise<{ V86: V86Constructor }>,
      compile(wasmUrl),
    ]);
    return { V86: library.V86, module };
  };
  return {
    loadV86() {
      // A failed download may be tried again with the next boot.
      loaded ??= loadBoth().catch((error) => {
        loaded = null;
        throw error;
      });
      return loaded;
    },
    load,
    v86Location: (url) => url,
    now: () => performance.now(),
    epochMs: () => Date.now(),
  };
}

/** Most of a snapshot is what the page has already. */
const snapshotDelta = createSnapshotSender();

function post(notice: MachineNotice): void {
  if (notice.type === "snapshot") {
    self.postMessage(snapshotDelta(notice));
    return;
  }
  const owned = notice.type === "output" && notice.data.byteLength === notice.data.buffer.byteLength;
  self.postMessage(notice, owned ? [notice.data.buffer] : []);
}

let machine: Machine | null = null;
/** What the page said before it booted: window sizes, the watch rate, visibility. */
const early: MachineRequest[] = [];

function handle(data: MachineRequest): void {
  if (!machine && data.type === "boot") {
    machine = new Machine(hostFor(data.v86Url, data.wasmUrl), post);
    for (const request of early.splice(0)) machine.handle(request);
  }
  if (machine) machine.handle(data);
  else early.push(data);
}

self.onmessage = ({ data }: MessageEvent<MachineRequest>) => handle(data);
const wanted = earlyBoot(self.name);
if (wanted) handle(wanted);
