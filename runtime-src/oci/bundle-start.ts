/**
 * `start` (runtime.md, "Start"): the word to the waiting init, and its answer: result.fifo says what went wrong, or comes
 * to its end, since execve(2) closes it. startContainer hooks run in there; poststart hooks here, and cannot stop anything.
 */
import { existsSync, unlinkSync } from "node:fs";
import { type Host, isErrno } from "../container/host.ts";
import type { InitFailure } from "../container/init.ts";
import { ProgramError } from "../container/program.ts";
import { O_CLOEXEC, O_NONBLOCK, O_RDONLY, O_WRONLY } from "../linux/constants.ts";
import { destroyBundle } from "./bundle-delete.ts";
import { type BundleRecord, resultFifo, startFifo, stateObject, statusOf } from "./bundle-state.ts";
import { runHooks } from "./run-hooks.ts";

const MAX_ANSWER_BYTES = 65_536;

function readAll({ linux }: Host, fd: number): string {
  let text = "";
  for (;;) {
    const data = linux.read(fd, MAX_ANSWER_BYTES);
    if (data.length === 0) return text;
    text += Buffer.from(data).toString();
  }
}

/** The init's words when it failed, else "". */
function release(host: Host, root: string, id: string): string {
  const { linux } = host;
  const result = linux.open(resultFifo(root, id), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  try {
    linux.setNonBlocking(result, false);
    const start = linux.open(startFifo(root, id), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    linux.write(start, "0");
    linux.close(start);
    return readAll(host, result);
  } catch (error) {
    // Nobody has the fifo open: the init is gone.
    if (isErrno(error, "ENXIO")) return JSON.stringify({ message: "the container's init has died", exitCode: 1 });
    throw error;
  } finally {
    linux.close(result);
  }
}

/** With the lock held. `warn` gets what poststart hooks complain about. */
export function startBundle(host: Host, root: string, record: BundleRecord, warn: (text: string) => void): void {
  const status = statusOf(root, record);
  if (status !== "created") throw new Error(`cannot start a container that is ${status}: ${record.id}`);
  const answer = release(host, root, record.id);
  for (const fifo of [startFifo(root, record.id), resultFifo(root, record.id)]) if (existsSync(fifo)) unlinkSync(fifo);
  if (answer !== "") {
    const { message, exitCode } = JSON.parse(answer) as InitFailure;
    // runtime.md, "Lifecycle" 8: stopped, and on with poststop.
    destroyBundle(host, root, record, warn);
    throw new ProgramError(message, exitCode, null);
  }
  const failure = runHooks(record.spec.hooks, "poststart", stateObject(record, "running", record.pid), true);
  if (failure !== null) warn(failure);
}
