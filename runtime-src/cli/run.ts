/** `docker run` and `docker create`. */
import { closeSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { NameTaken } from "../container/create-steps.ts";
import { containerEvent, emitEvents } from "../container/events.ts";
import { createContainer, launchContainer } from "../container/launch.ts";
import { randomName } from "../container/names.ts";
import { holdSignals } from "../container/own-client.ts";
import { type ContainerState, isName } from "../container/state.ts";
import { StepError } from "../container/steps.ts";
import { Supervisor } from "../container/supervisor.ts";
import { findImage, type Image, isReference } from "../image/store.ts";
import { sharedWith } from "../network/settings.ts";
import { attachedStreams, attachmentOf } from "./attachment.ts";
import { runInBackground } from "./background.ts";
import { requireContainer } from "./each-container.ts";
import { type ParsedFlags, parseFlags, UsageError } from "./flags.ts";
import { labelsOf } from "./labels.ts";
import { extraHost, networkOf } from "./network-options.ts";
import { RUN_FLAGS } from "./run-flags.ts";
import { buildSpec } from "./run-options.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { parseSignal } from "./signal-names.ts";
import { CANNOT_RUN, failureText } from "./start-failure.ts";
import { requireWords } from "./word-count.ts";

const ID_BYTES = 32;
const NAME_ATTEMPTS = 20;

export const run: Verb = {
  usage: "run [OPTIONS] IMAGE [COMMAND] [ARG...]",
  summary: "Create and run a new container from an image",
  aliases: ["container run"],
  flags: RUN_FLAGS,
  run: async (runtime, argv) => {
    const { flags, state } = await prepare(runtime, argv);
    if (isNarrated(flags)) return narrated(runtime, flags, state, () => runPrepared(runtime, flags, state));
    return runPrepared(runtime, flags, state);
  },
};

function runPrepared(runtime: Runtime, flags: ParsedFlags, state: ContainerState): number | Promise<number> {
  if (!flags.bool("detach")) return runAttached(runtime, flags, state);
  if (flags.given("attach")) {
    throw new CommandError("conflicting options: cannot specify both --attach and --detach");
  }
  return runInBackground(runtime, "run", async (release) => {
    const c = launch(runtime, flags, state);
    runtime.out(`${c.state.id}\n`);
    release(0);
    return new Supervisor(c, null).run();
  });
}

const isNarrated = (flags: ParsedFlags): boolean => flags.bool("explain") || flags.bool("shell");

async function narrated(
  runtime: Runtime,
  flags: ParsedFlags,
  state: ContainerState,
  act: () => number | Promise<number>,
): Promise<number> {
  if (flags.bool("shell")) {
    const { shellScript } = await import("../narration/script.ts");
    runtime.out(shellScript(runtime, state, process.env));
    return 0;
  }
  const { explainSteps } = await import("../narration/explain.ts");
  explainSteps(runtime.linux, process.env);
  return act();
}

export const create: Verb = {
  usage: "create [OPTIONS] IMAGE [COMMAND] [ARG...]",
  summary: "Create a new container",
  aliases: ["container create"],
  flags: RUN_FLAGS,
  run: async (runtime, argv) => {
    const { flags, state } = await prepare(runtime, argv);
    if (isNarrated(flags)) return narrated(runtime, flags, state, () => createPrepared(runtime, flags, state));
    return createPrepared(runtime, flags, state);
  },
};

function createPrepared(runtime: Runtime, flags: ParsedFlags, state: ContainerState): number {
  const make = () =>
    withName(flags, state, (named) => {
      createContainer(runtime, named);
      return named;
    });
  const made = withIdFile(flags, make, ({ id }) => id);
  emitEvents(runtime.paths, [containerEvent(made, "create")]);
  runtime.out(`${made.id}\n`);
  return 0;
}

interface Prepared {
  readonly flags: ParsedFlags;
  readonly state: ContainerState;
}

async function prepare(runtime: Runtime, argv: readonly string[]): Promise<Prepared> {
  const flags = parseFlags(RUN_FLAGS, argv, false);
  requireWords(flags.rest, 1);
  const [reference = "", ...words] = flags.rest;
  try {
    const image = await imageOf(runtime, flags, reference);
    requirePlatform(flags.text("platform") ?? "", reference);
    return { flags, state: await initialState(runtime, flags, image, words) };
  } catch (error) {
    if (error instanceof UsageError || error instanceof CommandError) throw error;
    throw new CommandError((error as Error).message, CANNOT_RUN, { cause: error });
  }
}

/** This machine's, in the ways that docker takes it. */
function requirePlatform(platform: string, reference: string): void {
  if (/^(linux(\/(386|i386|i686|x86))?)?$/i.test(platform)) return;
  const words = `was found but does not provide the specified platform (${platform})`;
  throw new CommandError(`image with reference ${reference} ${words}`, CANNOT_RUN);
}

/** The image that is here; where it is not, or --pull wants another look, cli/pull-for-run.ts. */
async function imageOf(runtime: Runtime, flags: ParsedFlags, reference: string): Promise<Image> {
  if (!/^[0-9a-f]{64}$/.test(reference) && !isReference(reference)) {
    const words = /[A-Z]/.test(reference) ? "repository name must be lowercase" : "invalid reference format";
    throw new CommandError(`invalid reference format: ${words}`, CANNOT_RUN);
  }
  const here = flags.given("pull") ? null : findImage(runtime.paths, reference);
  return here ?? (await import("./pull-for-run.ts")).pullForRun(runtime, flags, reference);
}

function randomBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  const fd = openSync("/dev/urandom", "r");
  try {
    readSync(fd, bytes, 0, size, null);
  } finally {
    closeSync(fd);
  }
  return bytes;
}

async function initialState(
  runtime: Runtime,
  flags: ParsedFlags,
  image: Image,
  words: readonly string[],
): Promise<ContainerState> {
  const random = randomBytes(ID_BYTES + 2);
  const id = random.toString("hex", 0, ID_BYTES);
  const name = flags.text("name") ?? "";
  if (flags.given("name") && !isName(name)) {
    throw new Error(`Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  }
  const stopSignal = flags.text("stop-signal") ?? image.stopSignal;
  if (stopSignal !== null) parseSignal(stopSignal);
  const stopTimeout = flags.text("stop-timeout");
  const network = networkOf(runtime, flags, image.exposedPorts);
  const shared = sharedWith(network.mode);
  const sharedHostname = shared === null ? null : requireContainer(runtime, shared).spec.hostname;
  const extraHosts = flags.list("add-host").map((text) => extraHost(runtime, text));
  return {
    version: 1,
    id,
    // made up from what is left of the random bytes; should it be taken, withName tries others
    name: flags.given("name") ? name : randomName(random.subarray(ID_BYTES)),
    image: image.name.replace(/:latest$/, ""),
    imageId: image.id,
    ...(await buildSpec(runtime, flags, { image, words, id, network, extraHosts, sharedHostname })),
    network,
    autoRemove: flags.bool("rm"),
    stopSignal,
    stopTimeoutSeconds: stopTimeout === null ? null : Number(stopTimeout),
    labels: { ...image.labels, ...labelsOf(flags.list("label"), flags.list("label-file")) },
    createdMs: Date.now(),
    status: "created",
    pid: null,
    supervisorPid: null,
    startedMs: null,
    finishedMs: null,
    exitCode: null,
    oomKilled: false,
    error: "",
  };
}

/** A given name must be free; a made-up one that is taken is made up again. */
function withName<T>(flags: ParsedFlags, state: ContainerState, make: (state: ContainerState) => T): T {
  if (flags.given("name")) return asCommandError(() => make(state));
  let named = state;
  for (let attempt = 1; ; attempt++) {
    try {
      return asCommandError(() => make(named));
    } catch (error) {
      const cause = (error as Error).cause;
      if (attempt === NAME_ATTEMPTS || !(cause instanceof StepError && cause.cause instanceof NameTaken)) throw error;
      named = { ...state, name: randomName(randomBytes(2)) };
    }
  }
}

function asCommandError<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { message, exitCode } = failureText(error);
    throw new CommandError(message, exitCode, { cause: error });
  }
}

/** As docker: found out before there is a container. The file is empty until there is one. */
function withIdFile<T>(flags: ParsedFlags, make: () => T, idOf: (made: T) => string): T {
  const file = flags.text("cidfile");
  if (file === null) return make();
  try {
    writeFileSync(file, "", { flag: "wx" });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const found = `container ID file found, make sure the other container isn't running or delete ${file}`;
    const words = code === "EEXIST" ? found : `failed to create the container ID file: ${message}`;
    throw new CommandError(words, CANNOT_RUN, { cause: error });
  }
  try {
    const made = make();
    writeFileSync(file, idOf(made));
    return made;
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

function launch(runtime: Runtime, flags: ParsedFlags, state: ContainerState) {
  const make = () => withName(flags, state, (named) => launchContainer(runtime, named));
  const c = withIdFile(flags, make, (made) => made.state.id);
  emitEvents(
    runtime.paths,
    ["create", "start"].map((action) => containerEvent(c.state, action)),
  );
  return c;
}

async function runAttached(runtime: Runtime, flags: ParsedFlags, state: ContainerState): Promise<number> {
  const streams = attachedStreams(flags.list("attach"), flags.bool("interactive"));
  const { linux } = runtime;
  if (streams.input && flags.bool("tty") && !linux.isatty(0))
    throw new CommandError("the input device is not a TTY", 1);
  const signals = holdSignals(linux);
  const attachment = attachmentOf(runtime, flags, signals, streams);
  return new Supervisor(launch(runtime, flags, state), attachment).run();
}
