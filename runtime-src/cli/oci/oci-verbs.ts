/** Every verb of `box oci` and where it is: one chunk of bytecode each. */
import type { OciVerb } from "./oci-verb.ts";

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<OciVerb>;
}

const entry = (summary: string, load: () => Promise<OciVerb>): Entry => ({ summary, load });

export const OCI_VERBS: Readonly<Record<string, Entry>> = {
  create: entry(
    "Make a container of a bundle, its program not yet started",
    async () => (await import("./create.ts")).create,
  ),
  delete: entry(
    "Remove a stopped container and all that it used",
    async () => (await import("./delete.ts")).deleteVerb,
  ),
  events: entry(
    "Print what a container uses, and when it runs out of memory",
    async () => (await import("./events.ts")).events,
  ),
  exec: entry("Run a further program in a container", async () => (await import("./exec.ts")).exec),
  features: entry("Print what this runtime supports, as JSON", async () => (await import("./features.ts")).features),
  kill: entry("Send a signal to a container's init", async () => (await import("./kill.ts")).kill),
  list: entry("List containers", async () => (await import("./list.ts")).list),
  pause: entry("Freeze a container", async () => (await import("./pause.ts")).pause),
  ps: entry("List the processes of a container", async () => (await import("./ps.ts")).ps),
  resume: entry("Thaw a frozen container", async () => (await import("./pause.ts")).resume),
  run: entry("create, start, wait and delete in one", async () => (await import("./run.ts")).run),
  spec: entry("Write a config.json to begin with", async () => (await import("./spec.ts")).spec),
  start: entry("Let a created container's program run", async () => (await import("./start.ts")).start),
  state: entry("Print a container's state, as JSON", async () => (await import("./state.ts")).state),
  update: entry("Change the limits of a container", async () => (await import("./update.ts")).update),
};
