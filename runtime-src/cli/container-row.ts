/** What docker's lists say of a container: its status in words, its fields for `ps` and --format. */

import { isFrozen } from "../cgroups/container-cgroup.ts";
import { cgroupOf } from "../container/cgroup-of.ts";
import { readHealth } from "../container/health-file.ts";
import { diskFolder, shortId } from "../container/paths.ts";
import type { ContainerState } from "../container/state.ts";
import type { Cell } from "./list-output.ts";
import { networkNames, portsText } from "./port-text.ts";
import type { Runtime } from "./runtime.ts";
import { filesSize } from "./tree-size.ts";
import { humanDuration, humanSize } from "./units.ts";

const COMMAND_WIDTH = 20;

export type DockerStatus = "created" | "running" | "paused" | "restarting" | "exited";

/** The kernel says whether it is paused. */
export function dockerStatus(runtime: Runtime, state: ContainerState): DockerStatus {
  if (state.status !== "running") return state.status;
  return isFrozen(cgroupOf(runtime, state)) ? "paused" : "running";
}

export function healthStatus({ paths }: Runtime, { id, health, status }: ContainerState): string | null {
  return health && status === "running" ? (readHealth(paths, id)?.Status ?? "starting") : null;
}

export function statusWords(runtime: Runtime, state: ContainerState, nowMs: number): string {
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

function commandText(args: readonly string[], whole: boolean): string {
  const text = args.join(" ");
  const shown = whole || text.length <= COMMAND_WIDTH ? text : `${text.slice(0, COMMAND_WIDTH - 1)}…`;
  return `"${shown.replace(/[\n\t]/g, (c) => (c === "\n" ? "\\n" : "\\t"))}"`;
}

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

/** Fields are asked for only when shown; Label is docker's `{{.Label "name"}}`. */
export function containerRow(
  runtime: Runtime,
  state: ContainerState,
  nowMs: number,
  whole: boolean,
): Readonly<Record<string, Cell>> {
  const mounts = state.mountPoints ?? [];
  const mountNames = mounts.filter(({ type }) => type !== "tmpfs").map(({ name, source }) => name ?? source);
  return {
    ID: whole ? state.id : shortId(state.id),
    Image: state.image,
    Command: () => commandText(state.spec.process.args, whole),
    CreatedAt: () => goTime(state.createdMs),
    RunningFor: () => `${humanDuration(nowMs - state.createdMs)} ago`,
    Ports: portsText(state.network),
    State: () => dockerStatus(runtime, state),
    Status: () => statusWords(runtime, state, nowMs),
    Size: () => {
      const own = filesSize(`${diskFolder(runtime.paths, state.id)}/upper`);
      const all = state.spec.layers.reduce((sum, layer) => sum + filesSize(layer), own);
      return `${humanSize(own)} (virtual ${humanSize(all)})`;
    },
    Names: state.name,
    Labels: () =>
      Object.entries(state.labels)
        .map(([key, value]) => `${key}=${value}`)
        .sort()
        .join(","),
    Label: ((name: string) => state.labels[name] ?? "") as unknown as Cell,
    Mounts: () => mountNames.map((name) => (whole || name.length <= 15 ? name : `${name.slice(0, 14)}…`)).join(","),
    LocalVolumes: () => String(mounts.filter(({ type }) => type === "volume").length),
    Networks: networkNames(state.network),
    Platform: "linux/386",
  };
}
