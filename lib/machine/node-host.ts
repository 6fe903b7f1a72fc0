/** The machine's host under Node: v86 from node_modules, files from disk by file URL. For tests, tools and bench. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { V86Constructor } from "./emulator.ts";
import type { MachineHost } from "./host.ts";

const require = createRequire(import.meta.url);

let loaded: ReturnType<MachineHost["loadV86"]> | null = null;

async function loadV86(): Promise<{ V86: V86Constructor; module: WebAssembly.Module }> {
  const wasm = await readFile(require.resolve("v86/build/v86.wasm"));
  const [{ V86 }, module] = await Promise.all([import("v86"), WebAssembly.compile(wasm)]);
  return { V86, module };
}

export const nodeHost: MachineHost = {
  loadV86() {
    loaded ??= loadV86();
    return loaded;
  },
  async load(url, onReceived) {
    const bytes = await readFile(fileURLToPath(url));
    onReceived(bytes.length, null);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  },
  v86Location: (url) => fileURLToPath(url),
  now: () => performance.now(),
  epochMs: () => Date.now(),
};
