/** `box oci run`: create and start; in the foreground also wait, pass signals on, and delete at the end. */
import { SIGWINCH } from "../../linux/constants.ts";
import { SIGNALS } from "../../linux/signals.ts";
import type { Disposable, WaitResult } from "../../linux/syscalls.ts";
import type { BundleContext } from "../../oci/bundle-create.ts";
import { destroyBundle } from "../../oci/bundle-delete.ts";
import { startBundle } from "../../oci/bundle-start.ts";
import { sendTerminal } from "./console-socket.ts";
import { CREATE_FLAGS, makeBundle, prepareBundle, requireSocket } from "./create.ts";
import { connectTerminal } from "./foreground-terminal.ts";
import { bool, type OciRuntime, type OciVerb } from "./oci-verb.ts";

const FORWARDED = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGCONT"];

export const run: OciVerb = {
  usage: "CONTAINER-ID",
  summary: "create, start, wait and delete in one",
  flags: [...CREATE_FLAGS, bool("detach", "Leave it running", "d"), bool("keep", "Do not delete it when it ends")],
  words: [1, 1],
  async run(runtime, flags) {
    const socket = flags.text("console-socket");
    const detach = flags.bool("detach");
    let terminal: number | null = null;
    const c = await prepareBundle(runtime, flags, (master) => {
      if (socket === null) terminal = master;
      else sendTerminal(runtime.linux, socket, master);
    });
    const wantsTerminal = c.record.spec.process.terminal;
    if (detach || socket !== null) requireSocket(wantsTerminal, socket);
    makeBundle(c, flags);
    const warn = (words: string) => runtime.log("warning", words);
    try {
      startBundle(runtime, runtime.root, c.record, warn);
    } catch (error) {
      destroyBundle(runtime, runtime.root, c.record, warn);
      throw error;
    }
    runtime.linux.close(c.lock);
    if (detach) return 0;
    const exitCode = await foreground(runtime, c, terminal);
    if (!flags.bool("keep")) destroyBundle(runtime, runtime.root, c.record, warn);
    return exitCode;
  },
};

async function foreground(runtime: OciRuntime, c: BundleContext, terminal: number | null): Promise<number> {
  const { linux } = runtime;
  const forward = (signal: number): void => {
    try {
      linux.pidfdSendSignal(c.pidfd, signal);
    } catch {
      // it has just ended
    }
  };
  const watches: Disposable[] = FORWARDED.map((name) => {
    const signal = SIGNALS[name] ?? 0;
    return linux.onSignal(signal, () => forward(signal));
  });
  const session = terminal === null ? null : connectTerminal(linux, terminal);
  if (session) watches.push(linux.onSignal(SIGWINCH, session.copySize));
  const result = await new Promise<WaitResult>((resolve) => linux.onExit(c.pid, resolve));
  if (session) await session.drained;
  session?.dispose();
  for (const watch of watches) watch.dispose();
  return result.exitCode ?? 128 + (result.signal ?? 0);
}
