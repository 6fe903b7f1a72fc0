/** `docker ps`: docker's columns and words. */
import { listContainers } from "../container/recover.ts";
import type { ContainerState } from "../container/state.ts";
import { CONTAINER_HEADINGS, containerRow, dockerStatus, healthStatus } from "./container-row.ts";
import type { Filters } from "./filter.ts";
import { type Flag, type ParsedFlags, parseFlags } from "./flags.ts";
import { printList } from "./list-output.ts";
import { networkNames } from "./port-text.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "all", short: "a", kind: "bool", help: "Show all containers (default shows just running)" },
  { name: "filter", short: "f", kind: "list", help: "Filter output based on conditions provided" },
  { name: "format", kind: "text", help: "Format output: json, table, table TEMPLATE or a Go template" },
  {
    name: "last",
    short: "n",
    kind: "text",
    integer: true,
    help: "Show n last created containers (includes all states) (default -1)",
  },
  { name: "latest", short: "l", kind: "bool", help: "Show the latest created container (includes all states)" },
  { name: "no-trunc", kind: "bool", help: "Don't truncate output" },
  { name: "quiet", short: "q", kind: "bool", help: "Only display container IDs" },
  { name: "size", short: "s", kind: "bool", help: "Display total file sizes" },
];

const COLUMNS = ["ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"];
const STATUSES = ["created", "restarting", "running", "removing", "paused", "exited", "dead"];
const FILTERS = [
  "id",
  "name",
  "label",
  "exited",
  "status",
  "ancestor",
  "before",
  "since",
  "volume",
  "network",
  "health",
];

async function filtersOf(flags: ParsedFlags): Promise<Filters | null> {
  const given = flags.list("filter");
  if (given.length === 0) return null;
  const { parseFilters } = await import("./filter.ts");
  const filters = parseFilters(given, FILTERS);
  for (const status of filters.values("status")) {
    if (!STATUSES.includes(status)) throw new CommandError(`invalid filter 'status=${status}'`);
  }
  return filters;
}

async function predicate(runtime: Runtime, filters: Filters, all: readonly ContainerState[]) {
  const { nameMatcher } = await import("./filter.ts");
  const { findImage } = await import("../image/store.ts");
  const moment = (key: string): number[] =>
    filters.values(key).map((reference) => {
      const found = all.find(({ id, name }) => name === reference || id.startsWith(reference));
      if (!found) throw new CommandError(`No such container: ${reference}`);
      return found.createdMs;
    });
  const before = Math.min(...moment("before"));
  const since = Math.max(...moment("since"));
  const ancestors = filters.values("ancestor").map((reference) => findImage(runtime.paths, reference));
  const isFrom = (state: ContainerState) =>
    ancestors.some((image) => image?.layers.every((layer) => state.spec.layers.includes(layer)));
  return (state: ContainerState): boolean =>
    filters.matches("id", (value) => state.id.startsWith(value)) &&
    filters.matches("name", (value) => nameMatcher(value)(state.name)) &&
    filters.matchesLabels(state.labels) &&
    filters.matches("exited", (value) => state.status === "exited" && String(state.exitCode) === value) &&
    filters.matches("status", (value) => dockerStatus(runtime, state) === value) &&
    (!filters.has("ancestor") || isFrom(state)) &&
    (!filters.has("before") || state.createdMs < before) &&
    (!filters.has("since") || state.createdMs > since) &&
    filters.matches("volume", (value) =>
      (state.mountPoints ?? []).some(({ name, source, destination }) => [name, source, destination].includes(value)),
    ) &&
    filters.matches("network", (value) => networkNames(state.network).split(",").includes(value)) &&
    filters.matches("health", (value) => (healthStatus(runtime, state) ?? "none") === value);
}

export const ps: Verb = {
  usage: "ps [OPTIONS]",
  summary: "List containers",
  aliases: ["container ls", "container list", "container ps"],
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 0, 0);
    const filters = await filtersOf(flags);
    const count = flags.bool("latest") ? 1 : Number(flags.text("last") ?? -1);
    const asksAll = flags.bool("all") || count > 0 || filters?.has("status") || filters?.has("exited");
    const all = listContainers(runtime);
    const holds = filters ? await predicate(runtime, filters, all) : () => true;
    const found = all
      .filter(({ status }) => asksAll || status === "running" || status === "restarting")
      .filter(holds)
      .sort((a, b) => b.createdMs - a.createdMs)
      .slice(0, count > 0 ? count : undefined);
    const nowMs = Date.now();
    const rows = found.map((state) => containerRow(runtime, state, nowMs, flags.bool("no-trunc")));
    const columns = flags.bool("size") ? [...COLUMNS, "Size"] : COLUMNS;
    await printList(
      runtime,
      flags,
      { headings: CONTAINER_HEADINGS, columns, id: "ID", type: "*formatter.ContainerContext" },
      rows,
    );
    return 0;
  },
};
