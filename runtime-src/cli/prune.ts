/** `docker container prune`, `volume prune` and `system prune`: what nobody uses, and how many bytes that gave back. */
import { diskFolder } from "../container/paths.ts";
import { listContainers } from "../container/recover.ts";
import type { ContainerState } from "../container/state.ts";
import { listVolumes, type Volume, volumeData } from "../container/volumes.ts";
import { confirmed } from "./confirm.ts";
import { type Filters, filterBool, parseFilters } from "./filter.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { removeOne } from "./rm.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { humanTimeMs } from "./since.ts";
import { filesSize } from "./tree-size.ts";
import { humanSize } from "./units.ts";
import { removeUnused, usersOf } from "./volume.ts";
import { requireWords } from "./word-count.ts";

const FILTER: Flag = { name: "filter", kind: "list", help: 'Provide filter values (e.g. "until=24h")' };
const FORCE: Flag = { name: "force", short: "f", kind: "bool", help: "Do not prompt for confirmation" };

interface Pruned {
  readonly names: readonly string[];
  readonly bytes: number;
}

const isOldEnough = (filters: Filters, createdMs: number): boolean =>
  filters.matches("until", (value) => createdMs < humanTimeMs(value, Date.now(), "until"));

function pruneContainers(runtime: Runtime, filters: Filters): Pruned {
  const isUnused = ({ status, createdMs, labels }: ContainerState) =>
    (status === "exited" || status === "created") && isOldEnough(filters, createdMs) && filters.matchesLabels(labels);
  const names: string[] = [];
  let bytes = 0;
  for (const { id } of listContainers(runtime).filter(isUnused)) {
    const size = filesSize(`${diskFolder(runtime.paths, id)}/upper`);
    removeOne(runtime, id, { force: false, volumes: false });
    names.push(id);
    bytes += size;
  }
  return { names, bytes };
}

function pruneVolumes(runtime: Runtime, filters: Filters, all: boolean): Pruned {
  const isUnused = ({ name, labels, anonymous }: Volume) =>
    (all || anonymous) && filters.matchesLabels(labels) && usersOf(runtime, name).length === 0;
  const names: string[] = [];
  let bytes = 0;
  for (const { name } of listVolumes(runtime.paths).filter(isUnused)) {
    const size = filesSize(volumeData(runtime.paths, name));
    removeUnused(runtime, name);
    names.push(name);
    bytes += size;
  }
  return { names, bytes };
}

const listed = (title: string, { names }: Pruned): string =>
  names.length > 0 ? `${title}:\n${names.join("\n")}\n\n` : "";

const reclaimed = (bytes: number): string => `Total reclaimed space: ${humanSize(bytes)}\n`;

export const containerPrune: Verb = {
  usage: "container prune [OPTIONS]",
  summary: "Remove all stopped containers",
  flags: [FILTER, FORCE],
  run(runtime, argv) {
    const flags = parseFlags([FILTER, FORCE], argv, true);
    requireWords(flags.rest, 0, 0);
    const filters = parseFilters(flags.list("filter"), ["label", "label!", "until"]);
    if (!flags.bool("force") && !confirmed(runtime, "WARNING! This will remove all stopped containers.")) return 0;
    const pruned = pruneContainers(runtime, filters);
    runtime.out(listed("Deleted Containers", pruned) + reclaimed(pruned.bytes));
    return 0;
  },
};

const ALL: Flag = { name: "all", short: "a", kind: "bool", help: "Remove all unused volumes, not just anonymous ones" };

export const volumePrune: Verb = {
  usage: "volume prune [OPTIONS]",
  summary: "Remove unused local volumes",
  flags: [ALL, FILTER, FORCE],
  run(runtime, argv) {
    const flags = parseFlags([ALL, FILTER, FORCE], argv, true);
    requireWords(flags.rest, 0, 0);
    const filters = parseFilters(flags.list("filter"), ["all", "label", "label!"]);
    const all = flags.bool("all") || filters.values("all").some((value) => filterBool("all", value));
    const which = all ? "all" : "anonymous";
    const warning = `WARNING! This will remove ${which} local volumes not used by at least one container.`;
    if (!flags.bool("force") && !confirmed(runtime, warning)) return 0;
    const pruned = pruneVolumes(runtime, filters, all);
    runtime.out(listed("Deleted Volumes", pruned) + reclaimed(pruned.bytes));
    return 0;
  },
};

const SYSTEM_FLAGS: readonly Flag[] = [
  { ...ALL, help: "Remove all unused images not just dangling ones" },
  FILTER,
  FORCE,
  { name: "volumes", kind: "bool", help: "Prune anonymous volumes" },
];

export const systemPrune: Verb = {
  usage: "system prune [OPTIONS]",
  summary: "Remove unused data",
  flags: SYSTEM_FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(SYSTEM_FLAGS, argv, true);
    requireWords(flags.rest, 0, 0);
    const filters = parseFilters(flags.list("filter"), ["label", "label!", "until"]);
    const volumes = flags.bool("volumes");
    const { imagesMeant, pruneUnused } = await import("./image-prune.ts");
    const lines = [
      "  - all stopped containers",
      "  - all networks not used by at least one container",
      ...(volumes ? ["  - all anonymous volumes not used by at least one container"] : []),
      `  - ${imagesMeant(flags.bool("all"))}`,
    ];
    const warning = `WARNING! This will remove:\n${lines.join("\n")}\n`;
    if (!flags.bool("force") && !confirmed(runtime, warning)) return 0;
    const containers = pruneContainers(runtime, filters);
    const { pruneNetworks } = await import("./network-create.ts");
    const networks = {
      names: pruneNetworks(
        runtime,
        ({ labels, createdMs }) => !isOldEnough(filters, createdMs) || !filters.matchesLabels(labels),
      ),
      bytes: 0,
    };
    const pruned = volumes ? pruneVolumes(runtime, filters, false) : { names: [], bytes: 0 };
    const images = pruneUnused(runtime, flags.bool("all"), filters);
    runtime.out(
      listed("Deleted Containers", containers) +
        listed("Deleted Networks", networks) +
        listed("Deleted Volumes", pruned) +
        images.text,
    );
    runtime.out(reclaimed(containers.bytes + pruned.bytes + images.bytes));
    return 0;
  },
};
