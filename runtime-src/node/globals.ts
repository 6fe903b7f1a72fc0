/** All of what Node has on globalThis and ECMAScript has not, and process.stdin, stdout and stderr. */
import text from "native:text";
import { AbortController, AbortSignal } from "./abort-controller.ts";
import { console } from "./console.ts";
import { installCoreGlobals } from "./core-globals.ts";
import { process } from "./process-object.ts";
import { standardStreams } from "./standard-streams.ts";
import { structuredClone } from "./structured-clone.ts";
import { URL } from "./url.ts";

export function installGlobals(): void {
  installCoreGlobals();
  process.streams = standardStreams;
  Object.assign(globalThis, {
    console,
    URL,
    AbortController,
    AbortSignal,
    structuredClone,
    btoa: (binary: string): string => text.decode(text.encode(binary, 1), 5, 0, Number.POSITIVE_INFINITY),
    atob: (base64: string): string => text.decode(text.encode(base64, 5), 1, 0, Number.POSITIVE_INFINITY),
  });
}
