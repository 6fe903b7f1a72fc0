/** Every message between the page and the worker that owns the machine: one union a direction. */
import type { AgentAnswer, AgentMethod, AgentMethods } from "./agent.ts";
import type { HttpAnswer, HttpRequest } from "./http.ts";
import type { KernelEvent } from "./kernel-event.ts";
import type { KernelSnapshot } from "./kernel-snapshot.ts";
import type { RuntimeStep } from "./runtime-step.ts";

/** Terminals that the guest has: the virtio consoles with a shell on them. */
export const TERMINALS = ["hvc0", "hvc2"] as const;
export type TerminalId = (typeof TERMINALS)[number];

/** Boot states in the order they pass; a page shows each. */
export type BootState =
  | { readonly state: "idle" }
  | { readonly state: "downloading"; readonly receivedBytes: number; readonly totalBytes: number }
  | { readonly state: "restoring" }
  /** Cold boot: the fallback where a snapshot could not be restored. */
  | { readonly state: "booting"; readonly reason: string }
  /** Clock and window size are being set; input is not answered yet. */
  | { readonly state: "syncing" }
  | { readonly state: "ready"; readonly bootMs: number; readonly receivedBytes: number }
  | { readonly state: "paused"; readonly by: "hidden" | "user" }
  /** The kernel panicked or stands still; `lastWords` is the end of its log. */
  | { readonly state: "crashed"; readonly reason: "panic" | "hang"; readonly lastWords: string }
  /** Nothing runs and nothing will without the visitor: `code` selects what the page advises. */
  | { readonly state: "failed"; readonly code: "download" | "wasm" | "image" | "internal"; readonly detail: string };

export type MachineRequest =
  | {
      readonly type: "boot";
      readonly manifestUrl: string;
      readonly v86Url: string;
      readonly wasmUrl: string;
      readonly jit: "governed" | "on" | "off";
    }
  | { readonly type: "input"; readonly terminal: TerminalId; readonly data: Uint8Array }
  | { readonly type: "resize"; readonly terminal: TerminalId; readonly columns: number; readonly rows: number }
  | {
      [M in AgentMethod]: {
        readonly type: "ask";
        readonly id: number;
        readonly method: M;
        readonly params: AgentMethods[M]["params"];
        readonly timeoutMs: number;
      };
    }[AgentMethod]
  /** HTTP from the page to a port of the guest (lib/protocol/http.ts). */
  | { readonly type: "http"; readonly id: number; readonly request: HttpRequest }
  /** How often counters are to be read, per second; 0 stops full snapshots. */
  | { readonly type: "watch"; readonly hz: number }
  | { readonly type: "visibility"; readonly visible: boolean }
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  /** Makes a file in an existing folder of the guest's 9p tree, e.g. an image tarball that was dropped on the page. */
  | { readonly type: "put-file"; readonly path: string; readonly data: Uint8Array }
  /** Restores the snapshot again. */
  | { readonly type: "reset" };

/** A line of the kernel log, as it came out of ttyS0. */
export interface LogLine {
  readonly text: string;
  /** Guest CLOCK_BOOTTIME when its last byte came out, ns; the clock of snapshots and events. */
  readonly atNs: number;
}

export type MachineNotice =
  | { readonly type: "boot-state"; readonly boot: BootState }
  | { readonly type: "output"; readonly terminal: TerminalId; readonly data: Uint8Array }
  | { readonly type: "kernel-log"; readonly lines: readonly LogLine[] }
  | { readonly type: "step"; readonly step: RuntimeStep }
  /** `wallMs` is performance.timeOrigin-based time of the worker when the snapshot was taken. */
  | {
      readonly type: "snapshot";
      readonly snapshot: KernelSnapshot;
      readonly events: readonly KernelEvent[];
      readonly wallMs: number;
    }
  | { readonly type: "answer"; readonly id: number; readonly answer: AgentAnswer }
  | { readonly type: "http-answer"; readonly id: number; readonly answer: HttpAnswer };
