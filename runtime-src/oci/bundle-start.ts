/**
 * `start` (runtime.md, "Start"): the word to the waiting init, and its answer: result.fifo says what went wrong, or comes
 * to its end, since execve(2) closes it. startContainer hooks run in there; poststart hooks here, and cannot stop anything.
 */
import { type Host, isErrno } from "../container/host.ts";
import type { InitFailure } from "../container/init.ts";
import { ProgramError } from "../container/program.ts";
import { unlinkIfThere } from "../container/state.ts";
import { runSteps, type Step, StepError } from "../container/steps.ts";
import { O_CLOEXEC, O_NONBLOCK, O_RDONLY, O_WRONLY } from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import { destroyBundle } from "./bundle-delete.ts";
import { type BundleRecord, bundleReporter, resultFifo, startFifo, stateObject, statusOf } from "./bundle-state.ts";
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

interface StartContext {
  readonly host: Host;
  readonly root: string;
  readonly record: BundleRecord;
  readonly warn: (text: string) => void;
  /** The init's words when it failed, else "". */
  answer: string;
}

export const bundleReleaseSteps: readonly Step<StartContext>[] = [
  {
    // A byte in exec.fifo is the word to start.
    name: "say-start",
    part: "entrypoint",
    syscall: "write",
    args: ({ root, record }) => [startFifo(root, record.id), "0"],
    source: sourceHere(),
    run: (c) => {
      c.answer = release(c);
    },
  },
  {
    // Without them it counts as started.
    name: "remove-fifos",
    part: null,
    syscall: "unlink",
    args: ({ root, record }) => [startFifo(root, record.id), "result.fifo"],
    source: sourceHere(),
    run: ({ root, record: { id } }) => {
      for (const fifo of [startFifo(root, id), resultFifo(root, id)]) unlinkIfThere(fifo);
    },
  },
  {
    name: "execve",
    part: "entrypoint",
    syscall: "execve",
    args: ({ record }) => record.spec.process.args.slice(0, 1),
    source: sourceHere(),
    run: requireRunning,
  },
  {
    name: "poststart-hooks",
    part: null,
    syscall: "execve",
    args: ({ record }) => (record.spec.hooks?.poststart ?? []).map(({ path }) => path),
    source: sourceHere(),
    when: ({ record }) => (record.spec.hooks?.poststart ?? []).length > 0,
    run: ({ record, warn }) => {
      const failure = runHooks(record.spec.hooks, "poststart", stateObject(record, "running", record.pid), true);
      if (failure !== null) warn(failure);
    },
  },
];

function release({ host, root, record: { id } }: StartContext): string {
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

/** runtime.md, "Lifecycle" 8: one that fails is stopped, and on with poststop. */
function requireRunning({ host, root, record, warn, answer }: StartContext): void {
  if (answer === "") return;
  const { message, exitCode } = JSON.parse(answer) as InitFailure;
  destroyBundle(host, root, record, warn);
  throw new ProgramError(message, exitCode, null);
}

/** With the lock held. `warn` gets what poststart hooks complain about. */
export function startBundle(host: Host, root: string, record: BundleRecord, warn: (text: string) => void): void {
  const status = statusOf(host, root, record);
  if (status !== "created") throw new Error(`cannot start a container that is ${status}: ${record.id}`);
  try {
    const context = { host, root, record, warn, answer: "" };
    runSteps(bundleReleaseSteps, context, bundleReporter(host, record, "start"));
  } catch (error) {
    throw error instanceof StepError ? error.cause : error;
  }
}
