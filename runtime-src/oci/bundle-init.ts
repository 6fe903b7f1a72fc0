/**
 * What a bundle's init does beyond a docker container's: it talks with its creator about hooks, says when it is ready,
 * waits for `start`, runs startContainer hooks, and only then becomes its program.
 *
 *   create                                  init                                      start
 *   --------------------------------------  ----------------------------------------  ---------------------------------
 *   prestart, createRuntime hooks ◀─ "h" ─  root is made, not yet pivoted
 *                                 ─ "g" ─▶  createContainer hooks, pivot, user, ...
 *                                 ◀─ "r" ─  ready: everything but the program
 *   state.json says created, ends           reads exec.fifo                ◀─ "0" ──  opens both fifos
 *                                           startContainer hooks
 *                                           a failure as JSON in result.fifo ──────▶  fails
 *                                           execve closes result.fifo      ────────▶  end of file: it runs
 */
import type { InitContext } from "../container/init-context.ts";
import { runHooks } from "./run-hooks.ts";

export const HOOKS_MESSAGE = 0x68;
export const READY_MESSAGE = 0x72;
export const GO_ON = "g";

export interface BundleInit {
  /** exec.fifo, open for reading and writing: a byte in it is the word to start. */
  readonly startFifo: number;
  /** What goes wrong after that is written here; execve(2) closes it. */
  readonly resultFifo: number;
  /** The state as hooks in the container get it: their pid is the container's own. */
  readonly state: (status: "creating" | "created", pid: number) => object;
}

/** The creator runs those hooks that belong outside. */
export function awaitHooks({ linux, sync }: InitContext): void {
  linux.write(sync, new Uint8Array([HOOKS_MESSAGE]));
  if (linux.read(sync, 1).length === 0) linux.exit(1);
}

function runOwn(c: InitContext, kind: "createContainer" | "startContainer", status: "creating" | "created"): void {
  const failure = runHooks(c.spec.hooks, kind, c.bundle?.state(status, process.pid) ?? {});
  if (failure !== null) throw new Error(failure);
}

export const containerHooks = (c: InitContext): void => runOwn(c, "createContainer", "creating");
export const startHooks = (c: InitContext): void => runOwn(c, "startContainer", "created");

export const sayReady = ({ linux, sync }: InitContext): void => {
  linux.write(sync, new Uint8Array([READY_MESSAGE]));
  linux.close(sync);
};

export function awaitStart({ linux, bundle }: InitContext): void {
  if (bundle) linux.read(bundle.startFifo, 1);
}
