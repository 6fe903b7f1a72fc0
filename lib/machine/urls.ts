/**
 * Where the page finds its machine. The build writes both folders' names into the page (`NEXT_PUBLIC_*`, see
 * scripts/page-environment.ts), because they carry a hash: what lies in them never changes and is cached for good.
 * A page built with a base path finds them below it.
 */
import type { MachineRequest } from "../protocol/machine.ts";
import { WORKER_FILE } from "./early-start.ts";

export interface MachineUrls {
  readonly workerUrl: string;
  readonly v86Url: string;
  readonly wasmUrl: string;
  readonly manifestUrl: string;
}

/** Next replaces these expressions, so they must stand here as they are. */
const BASE_PATH = process.env.NEXT_PUBLIC_BASE_PATH ?? "";
const MACHINE_DIR = process.env.NEXT_PUBLIC_MACHINE_DIR ?? "machine";
const GUEST_DIR = process.env.NEXT_PUBLIC_GUEST_DIR ?? "guest";

export function machineUrls(origin: string = location.origin): MachineUrls {
  const at = (path: string): string => new URL(`${BASE_PATH}/${path}`, origin).href;
  return {
    workerUrl: at(`${MACHINE_DIR}/${WORKER_FILE}`),
    v86Url: at(`${MACHINE_DIR}/libv86.mjs`),
    wasmUrl: at(`${MACHINE_DIR}/v86.wasm`),
    manifestUrl: at(`${GUEST_DIR}/manifest.json`),
  };
}

export function bootRequest(urls: MachineUrls = machineUrls()): Extract<MachineRequest, { type: "boot" }> {
  const { manifestUrl, v86Url, wasmUrl } = urls;
  return { type: "boot", manifestUrl, v86Url, wasmUrl, jit: "governed" };
}
