/** `docker ps`: docker's columns and words. */
import { listSummaries } from "../container/recover.ts";
import { type ContainerState, readState } from "../container/state.ts";
import type { ContainerSummary } from "../container/summary.ts";
import { CONTAINER_HEADINGS, containerCells, containerRows, dockerStatus, healthStatus } from "./container-row.ts";
import type { Filters } from "./filter.ts";
import { type Flag, type ParsedFlags, parseFlags } from "./flags.ts";
import { printCells, printList, shownColumns } from "./list-output.ts";
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
  "publish",
  "expose",
];
/** What the summary of a container does not say. */
const STATE_FILTERS = ["label", "label!", "ancestor", "volume", "publish", "expose"];

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

/** What its summary says, and only where that holds what needs all of its state. */
async function predicate(runtime: Runtime, filters: Filters, all: readonly ContainerSummary[]) {
  const { nameMatcher } = await import("./filter.ts");
  const { portMatcher } = await import("./port-filter.ts");
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
  const hasPort = (key: string, ports: readonly string[]): boolean =>
    filters.matches(key, (value) => ports.some(portMatcher(key, value)));
  const published = ({ network }: ContainerState): string[] =>
    network.publish.map(({ port, protocol }) => `${port}/${protocol}`);
  const matches = (one: ContainerSummary): boolean =>
    filters.matches("id", (value) => one.id.startsWith(value)) &&
    filters.matches("name", (value) => nameMatcher(value)(one.name)) &&
    filters.matches("exited", (value) => one.status === "exited" && String(one.exitCode) === value) &&
    filters.matches("status", (value) => dockerStatus(runtime, one) === value) &&
    (!filters.has("before") || one.createdMs < before) &&
    (!filters.has("since") || one.createdMs > since) &&
    filters.matches("network", (value) => one.networks.split(",").includes(value)) &&
    filters.matches("health", (value) => (healthStatus(runtime, one) ?? "none") === value);
  const stateMatches = (state: ContainerState | null): boolean =>
    state !== null &&
    filters.matchesLabels(state.labels) &&
    hasPort("publish", published(state)) &&
    hasPort("expose", state.network.exposed) &&
    (!filters.has("ancestor") || isFrom(state)) &&
    filters.matches("volume", (value) =>
      (state.mountPoints ?? []).some(({ name, source, destination }) => [name, source, destination].includes(value)),
    );
  const asksState = STATE_FILTERS.some((key) => filters.has(key));
  return (one: ContainerSummary): boolean =>
    matches(one) && (!asksState || stateMatches(readState(runtime.paths, one.id)));
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
    const all = listSummaries(runtime);
    const holds = filters ? await predicate(runtime, filters, all) : () => true;
    const found = all
      .filter(({ status }) => asksAll || status === "running" || status === "restarting")
      .filter(holds)
      .sort((a, b) => b.createdMs - a.createdMs)
      .slice(0, count > 0 ? count : undefined);
    const shape = {
      headings: CONTAINER_HEADINGS,
      columns: flags.bool("size") ? [...COLUMNS, "Size"] : COLUMNS,
      id: "ID",
      type: "*formatter.ContainerContext",
    };
    const options = { nowMs: Date.now(), whole: flags.bool("no-trunc") };
    const columns = shownColumns(flags, shape);
    if (columns) printCells(runtime, flags, shape, containerCells(runtime, found, options, columns));
    else await printList(runtime, flags, shape, containerRows(runtime, found, options));
    return 0;
  },
};
