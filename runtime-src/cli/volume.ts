/** `docker volume create | inspect | ls | rm`; prune.ts has the rest. */

import { ensureVolume } from "../container/create-volume.ts";
import { emitEvents } from "../container/events.ts";
import { listContainers } from "../container/recover.ts";
import { removeVolume } from "../container/remove-volume.ts";
import { isVolumeName, listVolumes, readVolume, type Volume, volumeData } from "../container/volumes.ts";
import { EXPLAIN, explainIfAsked } from "./explain-flag.ts";
import { filterBool, nameMatcher, parseFilters } from "./filter.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { labelsOf } from "./labels.ts";
import { type Cell, printList } from "./list-output.ts";
import { printInspected } from "./print-inspected.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { filesSize } from "./tree-size.ts";
import { humanSize } from "./units.ts";
import { randomVolumeName } from "./volume-name.ts";
import { requireWords } from "./word-count.ts";

/** The containers that have it, running or not. */
export function usersOf(runtime: Runtime, name: string): string[] {
  return listContainers(runtime).flatMap(({ id, mountPoints = [] }) =>
    mountPoints.some((mount) => mount.name === name) ? [id] : [],
  );
}

const CREATE_FLAGS: readonly Flag[] = [
  EXPLAIN,
  { name: "driver", short: "d", kind: "text", help: 'Specify volume driver name (default "local")' },
  { name: "label", kind: "list", help: "Set metadata for a volume" },
  {
    name: "opt",
    short: "o",
    kind: "list",
    help: "",
    refused:
      "the local driver's options (type, device, o) are not there; mount what you need and give its path with -v",
  },
];

export const volumeCreate: Verb = {
  usage: "volume create [OPTIONS] [VOLUME]",
  summary: "Create a volume",
  flags: CREATE_FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(CREATE_FLAGS, argv, true);
    requireWords(flags.rest, 0, 1);
    await explainIfAsked(runtime, flags);
    const driver = flags.text("driver") ?? "local";
    if (driver !== "local") throw new CommandError(`error looking up volume plugin ${driver}: there is only "local"`);
    const [given] = flags.rest;
    if (given !== undefined && !isVolumeName(given)) {
      const words = "includes invalid characters for a local volume name, only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed";
      throw new CommandError(
        `create ${given}: "${given}" ${words}. If you intended to pass a host directory, use absolute path`,
      );
    }
    const name = given ?? randomVolumeName();
    const volume: Volume = {
      name,
      createdMs: Date.now(),
      labels: labelsOf(flags.list("label")),
      anonymous: given === undefined,
    };
    if (ensureVolume(runtime, volume, null)) emitVolume(runtime, "create", name);
    runtime.out(`${name}\n`);
    return 0;
  },
};

const emitVolume = ({ paths }: Runtime, action: string, id: string): void =>
  emitEvents(paths, [{ type: "volume", action, id, attributes: { driver: "local" } }]);

const LIST_FLAGS: readonly Flag[] = [
  { name: "filter", short: "f", kind: "list", help: 'Provide filter values (e.g. "dangling=true")' },
  { name: "format", kind: "text", help: "Format output: json, table, table TEMPLATE or a Go template" },
  { name: "quiet", short: "q", kind: "bool", help: "Only display volume names" },
];

const HEADINGS = {
  Driver: "DRIVER",
  Name: "VOLUME NAME",
  Scope: "SCOPE",
  Mountpoint: "MOUNTPOINT",
  Labels: "LABELS",
  Links: "LINKS",
  Size: "SIZE",
};

export const volumeList: Verb = {
  usage: "volume ls [OPTIONS]",
  summary: "List volumes",
  flags: LIST_FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(LIST_FLAGS, argv, true);
    requireWords(flags.rest, 0, 0);
    const filters = parseFilters(flags.list("filter"), ["dangling", "driver", "label", "name"]);
    const rows = listVolumes(runtime.paths)
      .filter(
        ({ name, labels }) =>
          filters.matches("name", (value) => nameMatcher(value)(name)) &&
          filters.matches("driver", (value) => value === "local") &&
          filters.matches(
            "dangling",
            (value) => filterBool("dangling", value) === (usersOf(runtime, name).length === 0),
          ) &&
          filters.matchesLabels(labels),
      )
      .map((volume) => rowOf(runtime, volume));
    await printList(
      runtime,
      flags,
      { headings: HEADINGS, columns: ["Driver", "Name"], id: "Name", type: "*formatter.volumeContext" },
      rows,
    );
    return 0;
  },
};

const rowOf = (runtime: Runtime, { name, labels }: Volume): Record<string, Cell> => ({
  Driver: "local",
  Name: name,
  Scope: "local",
  Mountpoint: volumeData(runtime.paths, name),
  Labels: Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(","),
  Label: ((label: string) => labels[label] ?? "") as unknown as Cell,
  Links: () => String(usersOf(runtime, name).length),
  Size: () => humanSize(filesSize(volumeData(runtime.paths, name))),
});

/** docker's object, for `volume inspect` and `inspect --type volume`. */
export function volumeFields(runtime: Runtime, name: string): object {
  const volume = readVolume(runtime.paths, name);
  if (!volume) throw new CommandError(`get ${name}: no such volume`);
  return {
    CreatedAt: new Date(volume.createdMs).toISOString().replace(/\.\d+Z$/, "Z"),
    Driver: "local",
    Labels: Object.keys(volume.labels).length > 0 ? volume.labels : null,
    Mountpoint: volumeData(runtime.paths, name),
    Name: name,
    Options: null,
    Scope: "local",
  };
}

const INSPECT_FLAGS: readonly Flag[] = [
  { name: "format", short: "f", kind: "text", help: "Format output: json or a Go template" },
];

export const volumeInspect: Verb = {
  usage: "volume inspect [OPTIONS] VOLUME [VOLUME...]",
  summary: "Display detailed information on one or more volumes",
  flags: INSPECT_FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(INSPECT_FLAGS, argv, true);
    requireWords(flags.rest, 1);
    return printInspected(runtime, flags, (name) => volumeFields(runtime, name));
  },
};

const REMOVE_FLAGS: readonly Flag[] = [
  EXPLAIN,
  { name: "force", short: "f", kind: "bool", help: "Force the removal of one or more volumes" },
];

export const volumeRemove: Verb = {
  usage: "volume rm [OPTIONS] VOLUME [VOLUME...]",
  summary: "Remove one or more volumes",
  flags: REMOVE_FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(REMOVE_FLAGS, argv, true);
    requireWords(flags.rest, 1);
    await explainIfAsked(runtime, flags);
    let exitCode = 0;
    for (const name of flags.rest) {
      try {
        const isThere = readVolume(runtime.paths, name) !== null;
        if (!isThere && !flags.bool("force")) throw new Error(`get ${name}: no such volume`);
        if (isThere) removeUnused(runtime, name);
        runtime.out(`${name}\n`);
      } catch (error) {
        runtime.err(`Error: ${(error as Error).message}\n`);
        exitCode = 1;
      }
    }
    return exitCode;
  },
};

export function removeUnused(runtime: Runtime, name: string): void {
  const users = usersOf(runtime, name);
  if (users.length > 0) throw new Error(`remove ${name}: volume is in use - [${users.join(", ")}]`);
  removeVolume(runtime, name);
  emitVolume(runtime, "destroy", name);
}
