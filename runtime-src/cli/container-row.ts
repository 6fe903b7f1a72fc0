/** What docker's lists say of a container: its status in words, its fields for `ps` and --format. */

import { isFrozen } from "../cgroups/container-cgroup.ts";
import { type CgroupOwner, cgroupOf } from "../container/cgroup-of.ts";
import { readHealth } from "../container/health-file.ts";
import { diskFolder, shortId } from "../container/paths.ts";
import { type ContainerState, type MountPoint, readState } from "../container/state.ts";
import { type ContainerSummary, quotedCommand } from "../container/summary.ts";
import type { Cell } from "./list-output.ts";
import type { Runtime } from "./runtime.ts";
import { filesSize } from "./tree-size.ts";
import { humanDuration, humanSize } from "./units.ts";

export type DockerStatus = "created" | "running" | "paused" | "restarting" | "exited";

/** The kernel says whether it is paused. */
export function dockerStatus(runtime: Runtime, state: CgroupOwner & Pick<ContainerState, "status">): DockerStatus {
  if (state.status !== "running") return state.status;
  return isFrozen(runtime, cgroupOf(runtime, state)) ? "paused" : "running";
}

interface Checked extends Pick<ContainerState, "id" | "status"> {
  /** Falsy where its health is not checked. */
  readonly health?: unknown;
}

export function healthStatus({ paths }: Runtime, { id, health, status }: Checked): string | null {
  return health && status === "running" ? (readHealth(paths, id)?.Status ?? "starting") : null;
}

function statusWords(runtime: Runtime, state: ContainerSummary, nowMs: number): string {
  const status = dockerStatus(runtime, state);
  const since = (ms: number | null) => humanDuration(nowMs - (ms ?? nowMs));
  if (status === "created") return "Created";
  if (status === "exited") return `Exited (${state.exitCode}) ${since(state.finishedMs)} ago`;
  if (status === "restarting") return `Restarting (${state.exitCode}) ${since(state.finishedMs)} ago`;
  const health = healthStatus(runtime, state);
  const more = status === "paused" ? " (Paused)" : health === null ? "" : ` (${healthWords(health)})`;
  return `Up ${since(state.startedMs)}${more}`;
}

const healthWords = (health: string): string => (health === "starting" ? "health: starting" : health);

/** "2026-11-25 16:00:00 +0000 UTC" */
const goTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;

export const CONTAINER_HEADINGS: Readonly<Record<string, string>> = {
  ID: "CONTAINER ID",
  Names: "NAMES",
  Image: "IMAGE",
  Command: "COMMAND",
  CreatedAt: "CREATED AT",
  RunningFor: "CREATED",
  Ports: "PORTS",
  State: "STATE",
  Status: "STATUS",
  Size: "SIZE",
  Labels: "LABELS",
  Mounts: "MOUNTS",
  LocalVolumes: "LOCAL VOLUMES",
  Networks: "NETWORKS",
  Platform: "PLATFORM",
};

export interface RowOptions {
  readonly nowMs: number;
  /** --no-trunc */
  readonly whole: boolean;
}

/** How the containers of one list are shown, and their states, which are read for what the summaries do not say. */
class Listing {
  readonly runtime: Runtime;
  readonly nowMs: number;
  readonly whole: boolean;
  readonly #states = new Map<string, ContainerState | null>();

  constructor(runtime: Runtime, { nowMs, whole }: RowOptions) {
    this.runtime = runtime;
    this.nowMs = nowMs;
    this.whole = whole;
  }

  /** null: it has just gone. */
  state({ id }: ContainerSummary): ContainerState | null {
    const known = this.#states.get(id);
    if (known !== undefined) return known;
    const state = readState(this.runtime.paths, id);
    this.#states.set(id, state);
    return state;
  }
}

const mountsOf = (one: ContainerSummary, list: Listing): readonly MountPoint[] => list.state(one)?.mountPoints ?? [];

type Field = (one: ContainerSummary, list: Listing) => string;

const FIELDS: Readonly<Record<string, Field>> = {
  ID: ({ id }, { whole }) => (whole ? id : shortId(id)),
  Image: ({ image }) => image,
  Command: (one, list) => {
    if (!list.whole) return one.command;
    return quotedCommand(list.state(one)?.spec.process.args.join(" ") ?? "");
  },
  CreatedAt: ({ createdMs }) => goTime(createdMs),
  RunningFor: ({ createdMs }, { nowMs }) => `${humanDuration(nowMs - createdMs)} ago`,
  Ports: ({ ports }) => ports,
  State: (one, { runtime }) => dockerStatus(runtime, one),
  Status: (one, { runtime, nowMs }) => statusWords(runtime, one, nowMs),
  Size: (one, list) => {
    const own = filesSize(`${diskFolder(list.runtime.paths, one.id)}/upper`);
    const all = (list.state(one)?.spec.layers ?? []).reduce((sum, layer) => sum + filesSize(layer), own);
    return `${humanSize(own)} (virtual ${humanSize(all)})`;
  },
  Names: ({ name }) => name,
  Labels: (one, list) =>
    Object.entries(list.state(one)?.labels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(","),
  Mounts: (one, list) =>
    mountsOf(one, list)
      .filter(({ type }) => type !== "tmpfs")
      .map(({ name, source }) => name ?? source)
      .map((name) => (list.whole || name.length <= 15 ? name : `${name.slice(0, 14)}…`))
      .join(","),
  LocalVolumes: (one, list) => String(mountsOf(one, list).filter(({ type }) => type === "volume").length),
  Networks: ({ networks }) => networks,
  Platform: () => "linux/386",
};

/** The texts of those columns, container by container. */
export function containerCells(
  runtime: Runtime,
  summaries: readonly ContainerSummary[],
  options: RowOptions,
  columns: readonly string[],
): string[][] {
  const list = new Listing(runtime, options);
  const fields = columns.map((name) => FIELDS[name] as Field);
  return summaries.map((one) => fields.map((field) => field(one, list)));
}

/** Every field, made when it is asked for; Label is docker's `{{.Label "name"}}`. */
export function containerRows(
  runtime: Runtime,
  summaries: readonly ContainerSummary[],
  options: RowOptions,
): Readonly<Record<string, Cell>>[] {
  const list = new Listing(runtime, options);
  return summaries.map((one) => {
    const label = ((name: string) => list.state(one)?.labels[name] ?? "") as unknown as Cell;
    const fields = Object.entries(FIELDS).map(([name, field]) => [name, () => field(one, list)] as const);
    return { ...Object.fromEntries(fields), Label: label };
  });
}
