/**
 * `create`: a bundle's container with its init waiting for `start` (runtime.md, "Create"): the table of its steps, the same
 * for cgroup and clone as docker's, and their undoing. The creator ends afterwards; the init's parent is then whoever
 * takes orphans.
 */
import { mkdirSync, rmSync } from "node:fs";
import { CreateContext } from "../container/create-context.ts";
import { setRlimitsOf } from "../container/credentials.ts";
import type { Host } from "../container/host.ts";
import { writeKernelFile } from "../container/host.ts";
import type { InitFailure } from "../container/init.ts";
import { cgroupSteps } from "../container/start-cgroup-steps.ts";
import { cloneSteps } from "../container/start-clone-steps.ts";
import type { ContainerState } from "../container/state.ts";
import { openStepPort, stepReporter } from "../container/step-port.ts";
import { runSteps, type Step, StepError } from "../container/steps.ts";
import { TERMINAL_MESSAGE } from "../container/terminal.ts";
import { O_CLOEXEC, O_RDWR, S_IFIFO } from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import { NO_NETWORK } from "../network/settings.ts";
import { GO_ON, HOOKS_MESSAGE, READY_MESSAGE } from "./bundle-init.ts";
import { runBundleInit } from "./bundle-run-init.ts";
import {
  type BundleRecord,
  bundleFolder,
  findRecord,
  lockBundle,
  processStat,
  removeRecord,
  resultFifo,
  startFifo,
  stateObject,
  writeRecord,
} from "./bundle-state.ts";
import { runHooks } from "./run-hooks.ts";
import { seccompProgram } from "./seccomp-program.ts";

export class BundleContext extends CreateContext {
  readonly root: string;
  record: BundleRecord;
  /** Gets the terminal's master as soon as the init has sent it. */
  readonly takeTerminal: (master: number) => void;

  constructor(host: Host, root: string, record: BundleRecord, takeTerminal: (master: number) => void) {
    const { linux, paths } = host;
    super(host, stateFor(record), openStepPort(linux, paths.steps), record.spec.process.consoleSize);
    this.root = root;
    this.record = record;
    this.takeTerminal = takeTerminal;
    this.seccomp = seccompProgram(record.spec);
    this.runInit = runBundleInit;
    this.childFds = [];
  }
}

/** What the shared steps read of a docker container's state. */
const stateFor = ({ id, spec, createdMs }: BundleRecord): ContainerState =>
  ({
    version: 1,
    id,
    name: id,
    image: "",
    imageId: "",
    spec,
    // a bundle's network namespace is its caller's to fill
    network: NO_NETWORK,
    labels: {},
    createdMs,
    status: "created",
  }) as unknown as ContainerState;

export const bundleCreateSteps: readonly Step<BundleContext>[] = [
  {
    name: "make-state-folder",
    part: null,
    syscall: "mkdir",
    args: ({ root, record }) => [bundleFolder(root, record.id)],
    source: sourceHere(),
    run: makeFolder,
    undo: (c) => {
      removeRecord(c.root, c.record.id);
      c.host.linux.close(c.lock);
    },
  },
  ...cgroupSteps,
  {
    name: "make-fifos",
    part: "entrypoint",
    syscall: "mknod",
    args: ({ root, record }) => [startFifo(root, record.id), "result.fifo"],
    source: sourceHere(),
    run: makeFifos,
    undo: (c) => c.closeFds(),
  },
  ...cloneSteps,
  {
    // From outside, where lowering is allowed whatever user namespace the process is in; it has not run anything yet.
    name: "set-rlimits",
    part: "entrypoint",
    syscall: "prlimit",
    args: ({ record }) => record.spec.process.rlimits.map(({ resource, soft, hard }) => `${resource}=${soft}:${hard}`),
    source: sourceHere(),
    when: ({ record }) => record.spec.process.rlimits.length > 0,
    run: ({ host, pid, record }) => setRlimitsOf(host.linux, pid, record.spec.process),
  },
  {
    name: "oom-score",
    part: "cgroup",
    syscall: "write",
    args: ({ pid, record }) => [`/proc/${pid}/oom_score_adj`, String(record.spec.process.oomScoreAdj)],
    source: sourceHere(),
    when: ({ record }) => record.spec.process.oomScoreAdj !== null,
    run: ({ host, pid, record }) =>
      writeKernelFile(host.linux, `/proc/${pid}/oom_score_adj`, String(record.spec.process.oomScoreAdj)),
  },
  {
    name: "await-init",
    part: "entrypoint",
    syscall: "recvmsg",
    args: () => ["ready"],
    source: sourceHere(),
    run: awaitReady,
  },
  {
    name: "write-state",
    part: null,
    syscall: "rename",
    args: ({ root, record }) => [`${bundleFolder(root, record.id)}/state.json.new`, "state.json"],
    source: sourceHere(),
    run: (c) => {
      const startTicks = processStat(c.pid)?.startTicks ?? null;
      c.record = { ...c.record, pid: c.pid, startTicks, madeCgroups: c.madeCgroups };
      writeRecord(c.root, c.record);
    },
  },
];

/** mkdir(2) decides between two creators; the record comes at once, so that `delete --force` knows the cgroup. */
function makeFolder(c: BundleContext): void {
  const { host, root, record } = c;
  mkdirSync(root, { recursive: true, mode: 0o700 });
  try {
    mkdirSync(bundleFolder(root, record.id), { mode: 0o711 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new Error(`container with id "${record.id}" already exists`, { cause: error });
  }
  try {
    c.lock = lockBundle(host, root, record.id) ?? -1;
    writeRecord(root, record);
  } catch (error) {
    rmSync(bundleFolder(root, record.id), { recursive: true, force: true });
    throw error;
  }
}

function makeFifos(c: BundleContext): void {
  const { host, root, record } = c;
  const { linux } = host;
  const open = (path: string) => {
    linux.mknod(path, S_IFIFO | 0o600, 0, 0);
    return linux.open(path, O_RDWR | O_CLOEXEC);
  };
  const [start, result] = [open(startFifo(root, record.id)), open(resultFifo(root, record.id))];
  c.childFds = [start, result];
  c.bundle = {
    startFifo: start,
    resultFifo: result,
    state: (status, pid) => stateObject(c.record, status, pid),
  };
}

function awaitReady(c: BundleContext): void {
  const { linux } = c.host;
  for (;;) {
    const message = linux.receiveMessage(c.sync, 65_536);
    if (message === null) throw new Error("the container's init has died");
    const kind = message.data[0];
    if (kind === TERMINAL_MESSAGE) c.takeTerminal(message.fds[0] ?? -1);
    else if (kind === HOOKS_MESSAGE) runOuterHooks(c);
    else if (kind === READY_MESSAGE) break;
    else throw new Error((JSON.parse(Buffer.from(message.data).toString()) as InitFailure).message);
  }
  linux.close(c.sync);
  c.sync = -1;
}

function runOuterHooks(c: BundleContext): void {
  for (const kind of ["prestart", "createRuntime"] as const) {
    const failure = runHooks(c.record.spec.hooks, kind, stateObject(c.record, "creating", c.pid));
    if (failure !== null) throw new Error(failure);
  }
  c.host.linux.write(c.sync, GO_ON);
}

/** Returns with the lock held and the init waiting. When it fails, everything is undone, and poststop hooks have run. */
export function createBundle(c: BundleContext): void {
  try {
    runSteps(bundleCreateSteps, c, stepReporter(c.host.linux, c.stepPort, c.state, "create"));
  } catch (error) {
    if (c.pid > 0) runHooks(c.record.spec.hooks, "poststop", stateObject(c.record, "stopped", null), true);
    // Where it is only the init's word, the reason alone is what the caller wants.
    throw error instanceof StepError && error.step === "await-init" && error.undoErrors.length === 0
      ? error.cause
      : error;
  }
}

export function newRecord(root: string, record: Omit<BundleRecord, "pid" | "startTicks">): BundleRecord {
  if (findRecord(root, record.id)) throw new Error(`container with id "${record.id}" already exists`);
  return { ...record, pid: null, startTicks: null };
}
