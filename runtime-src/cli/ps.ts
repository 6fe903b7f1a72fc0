/** `docker ps`: docker's columns and words. */
import { isFrozen } from "../cgroups/container-cgroup.ts";
import { cgroupFolder, shortId } from "../container/paths.ts";
import { listContainers } from "../container/recover.ts";
import type { ContainerState } from "../container/state.ts";
import { type Flag, parseFlags, UsageError } from "./flags.ts";
import { formatRows } from "./format.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { table } from "./table.ts";
import { humanDuration } from "./units.ts";

const FLAGS: readonly Flag[] = [
  { name: "all", short: "a", kind: "bool", help: "Show all containers (default shows just running)" },
  { name: "filter", short: "f", kind: "list", help: "Filter output based on conditions provided" },
  { name: "format", kind: "text", help: "Format output: json, or a template of {{.Fields}}" },
  { name: "last", short: "n", kind: "text", help: "Show n last created containers (includes all states)" },
  { name: "latest", short: "l", kind: "bool", help: "Show the latest created container (includes all states)" },
  { name: "no-trunc", kind: "bool", help: "Don't truncate output" },
  { name: "quiet", short: "q", kind: "bool", help: "Only display container IDs" },
];

const COMMAND_WIDTH = 20;

/** created, running, paused, exited: the kernel says whether it is paused. */
export function dockerStatus(runtime: Runtime, state: ContainerState): "created" | "running" | "paused" | "exited" {
  if (state.status !== "running") return state.status;
  return isFrozen(cgroupFolder(runtime.paths, state.id)) ? "paused" : "running";
}

export function statusWords(runtime: Runtime, state: ContainerState, nowMs: number): string {
  const status = dockerStatus(runtime, state);
  const since = (ms: number | null) => humanDuration(nowMs - (ms ?? nowMs));
  if (status === "created") return "Created";
  if (status === "exited") return `Exited (${state.exitCode}) ${since(state.finishedMs)} ago`;
  return `Up ${since(state.startedMs)}${status === "paused" ? " (Paused)" : ""}`;
}

function fieldsOf(runtime: Runtime, state: ContainerState, nowMs: number, whole: boolean): Record<string, string> {
  const command = `"${state.spec.process.args.join(" ")}"`;
  return {
    ID: whole ? state.id : shortId(state.id),
    Image: state.image,
    Command: whole || command.length <= COMMAND_WIDTH + 2 ? command : `${command.slice(0, COMMAND_WIDTH)}…"`,
    CreatedAt: new Date(state.createdMs).toISOString(),
    RunningFor: `${humanDuration(nowMs - state.createdMs)} ago`,
    State: dockerStatus(runtime, state),
    Status: statusWords(runtime, state, nowMs),
    Ports: "",
    Names: state.name,
    Networks: state.spec.network,
    Labels: Object.entries(state.labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(","),
  };
}

type Predicate = (runtime: Runtime, state: ContainerState) => boolean;

function filterOf(text: string): Predicate {
  const at = text.indexOf("=");
  const key = text.slice(0, at);
  const value = text.slice(at + 1);
  if (key === "name") return (_, { name }) => name.includes(value);
  if (key === "id") return (_, { id }) => id.startsWith(value);
  if (key === "status") return (runtime, state) => dockerStatus(runtime, state) === value;
  if (key === "exited") return (_, { exitCode }) => String(exitCode) === value;
  if (key === "ancestor") return (_, { image }) => image === value || `${image}:latest` === value;
  if (key === "label") {
    const [name = "", wanted] = value.split("=");
    return (_, { labels }) => name in labels && (wanted === undefined || labels[name] === wanted);
  }
  throw new UsageError(`invalid filter '${text}': use name, id, status, exited, ancestor or label`);
}

export const ps: Verb = {
  usage: "ps [OPTIONS]",
  summary: "List containers",
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    const filters = flags.list("filter").map(filterOf);
    const last = flags.bool("latest") ? 1 : Number(flags.text("last") ?? 0);
    const asksAll =
      flags.bool("all") || last > 0 || flags.list("filter").some((text) => /^(status|exited)=/.test(text));
    const found = listContainers(runtime)
      .filter((state) => asksAll || state.status === "running")
      .filter((state) => filters.every((holds) => holds(runtime, state)))
      .sort((a, b) => b.createdMs - a.createdMs)
      .slice(0, last > 0 ? last : undefined);
    const nowMs = Date.now();
    const whole = flags.bool("no-trunc");
    if (flags.bool("quiet")) {
      runtime.out(found.map(({ id }) => `${whole ? id : shortId(id)}\n`).join(""));
      return 0;
    }
    const rows = found.map((state) => fieldsOf(runtime, state, nowMs, whole));
    const format = flags.text("format");
    runtime.out(
      format !== null
        ? formatRows(format, rows)
        : table(
            ["CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"],
            rows.map((row) =>
              ["ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"].map((key) => row[key] ?? ""),
            ),
          ),
    );
    return 0;
  },
};
