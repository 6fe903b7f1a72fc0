/**
 * docker's management commands: `docker container ls` is `docker ps`. Groups that have verbs of their own (network, volume,
 * system) name their files; the rest are other names of verbs.ts.
 */

import type { Runtime, Verb } from "./runtime.ts";
import { type Load, VERBS } from "./verbs.ts";

export interface Group {
  readonly summary: string;
  readonly verbs: Readonly<Record<string, Load | undefined>>;
}

const named = (...names: readonly string[]): Record<string, Load | undefined> =>
  Object.fromEntries(names.map((name) => [name, VERBS[name]]));

export const GROUPS: Readonly<Record<string, Group>> = {
  container: {
    summary: "Manage containers",
    verbs: {
      ...named("attach", "commit", "cp", "create", "diff", "exec", "export"),
      inspect: async () => (await import("./inspect.ts")).inspectContainer,
      ...named("kill", "logs"),
      ls: VERBS.ps,
      list: VERBS.ps,
      ps: VERBS.ps,
      ...named("pause", "port"),
      prune: async () => (await import("./prune.ts")).containerPrune,
      ...named("rename", "restart", "rm", "run", "start", "stats", "stop", "top", "unpause", "update", "wait"),
    },
  },
  image: {
    summary: "Manage images",
    verbs: {
      ...named("build", "history", "import"),
      inspect: async () => (await import("./inspect.ts")).inspectImage,
      ...named("load"),
      ls: VERBS.images,
      list: VERBS.images,
      prune: async () => (await import("./image-prune.ts")).imagePrune,
      ...named("pull", "push", "save", "tag"),
      rm: VERBS.rmi,
      remove: VERBS.rmi,
    },
  },
  network: {
    summary: "Manage networks",
    verbs: {
      connect: async () => (await import("./network-connect.ts")).networkConnect,
      create: async () => (await import("./network-create.ts")).networkCreate,
      disconnect: async () => (await import("./network-connect.ts")).networkDisconnect,
      inspect: async () => (await import("./inspect.ts")).inspectNetwork,
      ls: async () => (await import("./network-list.ts")).networkList,
      list: async () => (await import("./network-list.ts")).networkList,
      prune: async () => (await import("./network-create.ts")).networkPrune,
      rm: async () => (await import("./network-create.ts")).networkRemove,
      remove: async () => (await import("./network-create.ts")).networkRemove,
    },
  },
  volume: {
    summary: "Manage volumes",
    verbs: {
      create: async () => (await import("./volume.ts")).volumeCreate,
      inspect: async () => (await import("./volume.ts")).volumeInspect,
      ls: async () => (await import("./volume.ts")).volumeList,
      list: async () => (await import("./volume.ts")).volumeList,
      prune: async () => (await import("./prune.ts")).volumePrune,
      rm: async () => (await import("./volume.ts")).volumeRemove,
      remove: async () => (await import("./volume.ts")).volumeRemove,
    },
  },
  buildx: {
    summary: "Build images",
    verbs: named("build"),
  },
  system: {
    summary: "Manage the runtime",
    verbs: {
      df: async () => (await import("./system-df.ts")).systemDf,
      events: VERBS.events,
      info: VERBS.info,
      prune: async () => (await import("./prune.ts")).systemPrune,
    },
  },
};

/** Names that are only other words for one before them are not listed. */
const HIDDEN = new Set(["list", "ps", "remove"]);

function groupHelp(program: string, name: string, group: Group, summaries: Readonly<Record<string, string>>): string {
  const verbs = Object.keys(group.verbs).filter((verb) => group.verbs[verb] && !HIDDEN.has(verb));
  const width = Math.max(...verbs.map((verb) => verb.length));
  const lines = verbs.map((verb) => `  ${verb.padEnd(width)}   ${summaries[verb] ?? ""}`);
  const more = `Run '${program} ${name} COMMAND --help' for more information on a command.`;
  return [`Usage:  ${program} ${name} COMMAND`, "", group.summary, "", "Commands:", ...lines, "", more, ""].join("\n");
}

export async function findInGroup(
  runtime: Runtime,
  name: string,
  argv: readonly string[],
  run: (runtime: Runtime, name: string, verb: Verb, argv: readonly string[]) => Promise<number>,
): Promise<number> {
  const { program } = runtime;
  const group = Object.hasOwn(GROUPS, name) ? GROUPS[name] : undefined;
  if (!group) {
    return unknownCommand(runtime, name);
  }
  const [word, ...rest] = argv;
  const load = word !== undefined && Object.hasOwn(group.verbs, word) ? group.verbs[word] : undefined;
  if (load) return run(runtime, `${name} ${word}`, await load(), rest);
  if (word === undefined || word === "--help" || word === "-h") {
    const summaries: Record<string, string> = {};
    for (const [verb, file] of Object.entries(group.verbs)) if (file) summaries[verb] = (await file()).summary;
    runtime.out(groupHelp(program, name, group, summaries));
    return 0;
  }
  runtime.err(`${program}: unknown command: ${program} ${name} ${word}\n\n`);
  runtime.err(`Usage:  ${program} ${name}\n\nRun '${program} ${name} --help' for more information\n`);
  return 1;
}

/** docker's words, and its codes: 125 where it is a flag. */
async function unknownCommand({ program, err }: Runtime, name: string): Promise<number> {
  const { whyNotHere } = await import("./not-here.ts");
  const reason = whyNotHere(name);
  if (reason !== null) {
    err(`${program}: '${program} ${name}' is not supported: ${reason}\n`);
    return 1;
  }
  const more = `Run '${program} --help' for more information\n`;
  if (name.startsWith("-")) {
    const flag = name.startsWith("--") ? `flag: ${name}` : `shorthand flag: '${name.charAt(1)}' in ${name}`;
    err(`unknown ${flag}\n\nUsage:  ${program} [OPTIONS] COMMAND\n\n${more}`);
    return 125;
  }
  err(`${program}: unknown command: ${program} ${name}\n\n${more}`);
  return 1;
}
