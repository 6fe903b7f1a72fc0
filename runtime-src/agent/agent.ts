/**
 * `box agent`, started at boot and again whenever it ends (busybox init, respawn): answers the page's requests on hvc1,
 * and is the resident that the `box` client hands its commands to, with everything loaded that a container needs.
 *
 * The port is a terminal device, so it is put in raw mode first: no echo, no line editing, no signals from bytes.
 */
import { defaultDeviceProgram } from "../cgroups/devices.ts";
import { prepareOwnCgroup } from "../cgroups/own-cgroup.ts";
import type { Runtime, Verb } from "../cli/runtime.ts";
import { loadReadyVerbs } from "../cli/verbs.ts";
import { createSteps } from "../container/create-steps.ts";
import { deleteSteps } from "../container/delete-steps.ts";
import { openJournal } from "../container/events.ts";
import { execSteps, joinSteps } from "../container/exec.ts";
import { initSteps } from "../container/init-steps.ts";
import { presentPaths } from "../container/kernel-paths.ts";
import { listContainers } from "../container/recover.ts";
import { makeSharedFolders } from "../container/shared-folders.ts";
import { startSteps } from "../container/start-steps.ts";
import { makeRunFolders } from "../container/state.ts";
import { fixedText, openStepPort } from "../container/step-port.ts";
import { listImages } from "../image/store.ts";
import { O_CLOEXEC, O_NOCTTY, O_NONBLOCK, O_RDWR } from "../linux/constants.ts";
import { RESIDENT_PATH, serve } from "../linux/resident.ts";
import { prepareDefaultNetwork } from "../network/default-network.ts";
import { capabilityNames, DEFAULT_CAPABILITIES, missingCapabilities } from "../oci/capabilities.ts";
import { defaultSeccomp } from "../oci/seccomp-compile.ts";
import { asciiJson, frameReader } from "./agent-frames.ts";
import { answerRequest } from "./answer.ts";

const PORT = "/dev/hvc1";
const CHUNK_BYTES = 4096;

/** Answers wait here while the port is full; the loop never does. */
function portWriter({ linux }: Runtime, port: number): (line: string) => void {
  let queue: Uint8Array[] = [];
  let waiting = false;
  const flush = () => {
    waiting = false;
    while (queue[0]) {
      try {
        linux.write(port, queue[0]);
        queue.shift();
      } catch (error) {
        const { code, written = 0 } = error as { code?: string; written?: number };
        if (code !== "EAGAIN") throw error;
        queue[0] = queue[0].subarray(written);
        waiting = true;
        const watch = linux.onWritable(port, () => {
          watch.dispose();
          flush();
        });
        return;
      }
    }
  };
  return (line) => {
    queue = [...queue, Buffer.from(line)];
    if (!waiting) flush();
  };
}

function servePage(runtime: Runtime): void {
  const { linux } = runtime;
  const port = linux.open(PORT, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  linux.rawMode(port);
  const send = portWriter(runtime, port);
  const { push } = frameReader({
    acknowledge: (seq) => send(`K ${seq}\n`),
    request: (id, text) => {
      answerRequest(runtime, id, text).then((answer) => send(`A ${id} ${asciiJson(answer)}\n`));
    },
  });
  linux.onReadable(port, () => {
    try {
      push(linux.read(port, CHUNK_BYTES));
    } catch (error) {
      if ((error as { code?: string }).code !== "EAGAIN") throw error;
    }
  });
}

/** What the first container would otherwise wait for. Each failing part is only slower later, so none stops the agent. */
async function warmUp(runtime: Runtime): Promise<void> {
  const parts = [
    () => prepareOwnCgroup(runtime),
    () => makeSharedFolders(runtime.paths),
    () => openJournal(runtime.paths),
    () => listContainers(runtime),
    () => listImages(runtime.paths),
    () => prepareDefaultNetwork(runtime),
    () => defaultSeccomp(),
    () => defaultDeviceProgram(runtime.linux),
    () => presentPaths(),
    () => [capabilityNames(DEFAULT_CAPABILITIES), missingCapabilities(DEFAULT_CAPABILITIES)],
    () => [createSteps, startSteps, initSteps, deleteSteps, execSteps, joinSteps].flat().forEach(fixedText),
  ];
  for (const part of parts) {
    try {
      part();
    } catch (error) {
      runtime.err(`box agent: ${(error as Error).message}\n`);
    }
  }
  await loadReadyVerbs();
}

/** What every container's supervisor uses as it is: the port for steps and the loaded device program. */
function keptFds(runtime: Runtime): number[] {
  const { linux, paths } = runtime;
  const stepPort = openStepPort(linux, paths.steps);
  // A terminal device: without processing of output every byte is cheaper by half.
  if (stepPort >= 0) linux.rawMode(stepPort);
  const kept = [stepPort];
  try {
    kept.push(defaultDeviceProgram(linux));
  } catch {
    // said by warmUp
  }
  return kept.filter((fd) => fd >= 0);
}

/** `main` runs a client's command line, in a forked worker. */
export const agentVerb = (main: (argv: readonly string[]) => Promise<number>): Verb => ({
  usage: "agent",
  summary: "Answer the page and keep the runtime ready (started by init)",
  async run(runtime) {
    makeRunFolders(runtime.paths);
    await warmUp(runtime);
    serve(RESIDENT_PATH, (argv) => main(argv), keptFds(runtime));
    try {
      servePage(runtime);
    } catch (error) {
      runtime.err(`box agent: no page on ${PORT}: ${(error as Error).message}\n`);
    }
    return new Promise<number>(() => {});
  },
});
