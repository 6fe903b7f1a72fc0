/**
 * The resident: a process that stays, with the engine and all of `box` initialised, and forks a worker for each command that
 * the client in C (engine/client.c) hands it. Wire format and order: engine/resident_protocol.h.
 *
 * In the worker everything reads as if the client itself ran the code: process.argv, env, cwd, umask, descriptors 0 to 2;
 * the worker is a child of the resident in its own process group, all other descriptors are closed. Load what the verbs need
 * (their dynamic imports) before `serve`, so that workers find it loaded.
 */
import engine from "native:engine";
import fs from "native:fs";
import loop from "native:loop";
import net from "native:net";
import calls from "native:resident";
import { forgetTicks } from "../node/next-tick.ts";
import { process } from "../node/process-object.ts";
import { type Main, runCommand } from "../node/run-main.ts";
import type { Disposable } from "./syscalls.ts";

export const RESIDENT_PATH = "/run/box/box.sock";

/** A worker collects cycles when its heap has grown to this: most never do. */
const WORKER_GC_BYTES = 16 << 20;

/**
 * Serves from now on; `main` runs once in each worker, and its exit code is the client's. The socket's folder must exist;
 * a socket file that an earlier resident left is replaced. Workers have the descriptors `keep` (at most 8) as they are here.
 */
export function serve(path: string, main: Main, keep: readonly number[] = []): Disposable {
  if (fs.stat(path, false, true)) fs.unlink(path, 0, 0);
  const fd = net.unixListen(path);
  // what is garbage now would be copied into every worker that touches it
  engine.gc();
  const id = calls.serve(
    fd,
    () => {
      forgetTicks();
      engine.setGcThreshold(WORKER_GC_BYTES);
      process.restart();
      runCommand(main);
    },
    keep,
  );
  return {
    dispose: () => {
      loop.unwatch(id);
      fs.close(fd);
      fs.unlink(path, 0, 0);
    },
  };
}

/** In a worker: called once if the client dies before the worker has ended. Without it the worker gets SIGHUP. */
export function onClientGone(callback: () => void): void {
  calls.onClientGone(callback);
}

/** Whether this process is a worker whose client still waits for it. */
export const hasClient = (): boolean => calls.hasClient();

/** In a worker: the client ends with that exit code now, the worker lives on without it. */
export const releaseClient = (exitCode: number): void => calls.releaseClient(exitCode);
