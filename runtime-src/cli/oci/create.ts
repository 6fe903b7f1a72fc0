/** `box oci create` (runtime.md, "Create"), and what `run` has in common with it. */
import { realpathSync, writeFileSync } from "node:fs";
import { missingAbove } from "../../cgroups/cgroup-path.ts";
import { newCgroupFolder } from "../../container/paths.ts";
import { BundleContext, createBundle, newRecord } from "../../oci/bundle-create.ts";
import { readConfig } from "../../oci/config.ts";
import { loadSeccompCompiler } from "../../oci/seccomp-program.ts";
import { type Flag, type ParsedFlags, UsageError } from "../flags.ts";
import { sendTerminal } from "./console-socket.ts";
import { bool, idOf, type OciRuntime, type OciVerb, text } from "./oci-verb.ts";

const refused = (flag: Flag, reason: string): Flag => ({ ...flag, refused: reason });

export const CREATE_FLAGS: readonly Flag[] = [
  text("bundle", "Folder of the bundle (the current one)", "b"),
  text("console-socket", "AF_UNIX socket that gets the terminal's master (SCM_RIGHTS)"),
  text("pid-file", "File that the process id is written to"),
  refused(bool("no-pivot", ""), "without pivot_root(2) a container can reach the host's root"),
  refused(bool("no-new-keyring", ""), "this kernel has no keyrings, so there is none to keep"),
  refused(text("preserve-fds", ""), "the container has descriptors 0, 1 and 2; give it others as files"),
];

function bundleOf(flags: ParsedFlags): string {
  const path = flags.text("bundle") ?? ".";
  try {
    return realpathSync(path);
  } catch (error) {
    throw new Error(`bundle ${path}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}

/** Everything read and checked; nothing made. */
export async function prepareBundle(
  runtime: OciRuntime,
  flags: ParsedFlags,
  takeTerminal: (master: number) => void,
): Promise<BundleContext> {
  const id = idOf(flags);
  const bundle = bundleOf(flags);
  const spec = readConfig({ bundle, id, ownCgroup: runtime.paths.cgroupName });
  await loadSeccompCompiler(spec);
  const cgroup = newCgroupFolder(runtime.paths, id, spec.cgroupsPath);
  const record = newRecord(runtime.root, {
    id,
    bundle,
    spec,
    cgroup,
    madeCgroups: spec.cgroupsPath === null ? [] : missingAbove(runtime.paths, cgroup),
    createdMs: Date.now(),
    owner: process.env.USER ?? "root",
  });
  return new BundleContext(runtime, runtime.root, record, takeTerminal);
}

/** Makes it; a PID file that cannot be written is a failure like any other. */
export function makeBundle(c: BundleContext, flags: ParsedFlags): void {
  createBundle(c);
  const file = flags.text("pid-file");
  if (file !== null) writeFileSync(file, String(c.pid));
}

export const create: OciVerb = {
  usage: "CONTAINER-ID",
  summary: "Make a container of a bundle; `start` lets its program run",
  flags: CREATE_FLAGS,
  words: [1, 1],
  async run(runtime, flags) {
    const socket = flags.text("console-socket");
    const c = await prepareBundle(runtime, flags, (master) => sendTerminal(runtime.linux, socket ?? "", master));
    requireSocket(c.record.spec.process.terminal, socket);
    makeBundle(c, flags);
    runtime.linux.close(c.lock);
    return 0;
  },
};

export function requireSocket(terminal: boolean, socket: string | null): void {
  if (terminal && socket === null)
    throw new UsageError("process.terminal: needs --console-socket: nobody else would hold it");
  if (!terminal && socket !== null) throw new UsageError("--console-socket: the bundle has no process.terminal");
}
