/** Every verb and where it is; loaded by dynamic import, one chunk of bytecode each. */
import { READY_VERBS } from "../core-modules.ts";
import { indexFlags } from "./flags.ts";
import type { Verb } from "./runtime.ts";

export type Load = () => Promise<Verb>;

export const VERBS: Readonly<Record<string, Load>> = {
  attach: async () => (await import("./attach.ts")).attach,
  build: async () => (await import("./build.ts")).build,
  commit: async () => (await import("./commit.ts")).commit,
  cp: async () => (await import("./cp.ts")).cp,
  create: async () => (await import("./run.ts")).create,
  diff: async () => (await import("./diff.ts")).diff,
  events: async () => (await import("./events.ts")).events,
  exec: async () => (await import("./exec.ts")).exec,
  export: async () => (await import("./export.ts")).exportVerb,
  history: async () => (await import("./history.ts")).history,
  images: async () => (await import("./images.ts")).images,
  import: async () => (await import("./import.ts")).importVerb,
  info: async () => (await import("./info.ts")).info,
  inspect: async () => (await import("./inspect.ts")).inspect,
  kill: async () => (await import("./kill.ts")).kill,
  load: async () => (await import("./load.ts")).load,
  login: async () => (await import("./no-registry.ts")).login,
  logout: async () => (await import("./no-registry.ts")).logout,
  logs: async () => (await import("./logs.ts")).logs,
  oci: async () => (await import("./oci.ts")).oci,
  pause: async () => (await import("./pause.ts")).pause,
  port: async () => (await import("./port.ts")).port,
  ps: async () => (await import("./ps.ts")).ps,
  pull: async () => (await import("./pull.ts")).pull,
  push: async () => (await import("./no-registry.ts")).push,
  rename: async () => (await import("./rename.ts")).rename,
  restart: async () => (await import("./restart.ts")).restart,
  rm: async () => (await import("./rm.ts")).rm,
  rmi: async () => (await import("./rmi.ts")).rmi,
  run: async () => (await import("./run.ts")).run,
  save: async () => (await import("./save.ts")).save,
  search: async () => (await import("./no-registry.ts")).search,
  start: async () => (await import("./start.ts")).start,
  stats: async () => (await import("./stats.ts")).stats,
  stop: async () => (await import("./stop.ts")).stop,
  tag: async () => (await import("./tag.ts")).tag,
  top: async () => (await import("./top.ts")).top,
  unpause: async () => (await import("./pause.ts")).unpause,
  update: async () => (await import("./update.ts")).update,
  version: async () => (await import("./version.ts")).version,
  wait: async () => (await import("./wait.ts")).wait,
};

const loaded = new Map<string, Verb>();

/** The resident's workers find the common ones here; others they load themselves. */
export async function loadReadyVerbs(): Promise<void> {
  for (const name of READY_VERBS) {
    const load = VERBS[name];
    if (!load) continue;
    const verb = await load();
    indexFlags(verb.flags ?? []);
    loaded.set(name, verb);
  }
}

/** null: there is no such verb. */
export function findVerb(name: string): Verb | Promise<Verb> | null {
  const known = loaded.get(name);
  if (known) return known;
  const load = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  return load ? load() : null;
}
