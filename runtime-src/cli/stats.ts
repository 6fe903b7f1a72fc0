/**
 * `docker stats`: a line a container from its cgroup's files, again every second; on a terminal the table is redrawn in
 * place. The CPU share is that of the time since the look before, as docker's.
 */

import { readFileSync } from "node:fs";
import { cgroupPids, flatKey } from "../cgroups/container-cgroup.ts";
import { cgroupOf } from "../container/cgroup-of.ts";
import { isErrno } from "../container/host.ts";
import { shortId } from "../container/paths.ts";
import { currentState, listContainers } from "../container/recover.ts";
import type { ContainerState } from "../container/state.ts";
import { requireContainer } from "./each-container.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { type Cell, printList } from "./list-output.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { binarySize, humanSize } from "./units.ts";

const FLAGS: readonly Flag[] = [
  { name: "all", short: "a", kind: "bool", help: "Show all containers (default shows just running)" },
  { name: "format", kind: "text", help: "Format output: json, table, table TEMPLATE or a Go template" },
  { name: "no-stream", kind: "bool", help: "Disable streaming stats and only pull the first result" },
  { name: "no-trunc", kind: "bool", help: "Do not truncate output" },
];

const HEADINGS = {
  Container: "CONTAINER",
  ID: "CONTAINER ID",
  Name: "NAME",
  CPUPerc: "CPU %",
  MemUsage: "MEM USAGE / LIMIT",
  MemPerc: "MEM %",
  NetIO: "NET I/O",
  BlockIO: "BLOCK I/O",
  PIDs: "PIDS",
};
const COLUMNS = ["ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"];

const WINDOW_MS = 1000;
const HOME_AND_CLEAR = "\u001b[H\u001b[J";

interface Look {
  readonly usec: number;
  readonly atMs: number;
}

const cpuLook = (folder: string): Look => ({
  usec: flatKey(folder, "cpu.stat", "usage_usec") ?? 0,
  atMs: performance.now(),
});

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENODEV", "ESRCH", "EINVAL")) return "";
    throw error;
  }
}

function machineMemory(): number {
  const match = /^MemTotal:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"));
  return Number(match?.[1] ?? 0) * 1024;
}

/** Without the page cache that could go at once, as docker counts. */
function memoryUsed(folder: string): number {
  const current = Number(readText(`${folder}/memory.current`) || 0);
  const inactive = flatKey(folder, "memory.stat", "inactive_file") ?? 0;
  return inactive < current ? current - inactive : current;
}

function memoryLimit(folder: string): number {
  const text = readText(`${folder}/memory.max`).trim();
  const machine = machineMemory();
  return text === "max" || text === "" ? machine : Math.min(Number(text), machine);
}

/** Received and sent by all devices but the loopback, as the first process's network namespace has them. */
function networkBytes(pid: number | null): [number, number] {
  let [received, sent] = [0, 0];
  for (const line of pid === null ? [] : readText(`/proc/${pid}/net/dev`).split("\n").slice(2)) {
    const [name = "", rest = ""] = line.trim().split(":");
    const fields = rest.trim().split(/\s+/);
    if (name === "" || name === "lo") continue;
    received += Number(fields[0] ?? 0);
    sent += Number(fields[8] ?? 0);
  }
  return [received, sent];
}

function blockBytes(folder: string): [number, number] {
  const text = readText(`${folder}/io.stat`);
  const sum = (key: string) =>
    [...text.matchAll(new RegExp(`\\b${key}=(\\d+)`, "g"))].reduce((total, [, bytes]) => total + Number(bytes), 0);
  return [sum("rbytes"), sum("wbytes")];
}

function rowOf(
  runtime: Runtime,
  state: ContainerState,
  before: Look | null,
  now: Look,
  whole: boolean,
): Record<string, Cell> {
  const { id, name, status, pid } = state;
  const named = { Container: shortId(id), ID: whole ? id : shortId(id), Name: name };
  if (status !== "running") {
    const none = {
      CPUPerc: "0.00%",
      MemUsage: "0B / 0B",
      MemPerc: "0.00%",
      NetIO: "0B / 0B",
      BlockIO: "0B / 0B",
      PIDs: "0",
    };
    return { ...named, ...none };
  }
  const folder = cgroupOf(runtime, state);
  const [used, limit] = [memoryUsed(folder), memoryLimit(folder)];
  const share = before === null ? 0 : (now.usec - before.usec) / 10 / Math.max(now.atMs - before.atMs, 1);
  const both = ([first, second]: [number, number]) => `${humanSize(first)} / ${humanSize(second)}`;
  return {
    ...named,
    CPUPerc: `${share.toFixed(2)}%`,
    MemUsage: `${binarySize(used)} / ${binarySize(limit)}`,
    MemPerc: `${((used / limit) * 100).toFixed(2)}%`,
    NetIO: () => both(networkBytes(pid)),
    BlockIO: () => both(blockBytes(folder)),
    PIDs: () => String(cgroupPids(folder).length),
  };
}

export const stats: Verb = {
  usage: "stats [OPTIONS] [CONTAINER...]",
  summary: "Display a live stream of container(s) resource usage statistics",
  aliases: ["container stats"],
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    const ids = flags.rest.map((reference) => requireContainer(runtime, reference).id);
    const states = (): ContainerState[] => {
      if (ids.length > 0) return ids.flatMap((id) => currentState(runtime, id) ?? []);
      const all = listContainers(runtime).sort((a, b) => b.createdMs - a.createdMs);
      return flags.bool("all") ? all : all.filter(({ status }) => status === "running");
    };
    const redraws = runtime.linux.isatty(1);
    let looks = new Map(states().map((state) => [state.id, cpuLook(cgroupOf(runtime, state))]));
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
      const before = looks;
      looks = new Map();
      const rows = states().map((state) => {
        const now = cpuLook(cgroupOf(runtime, state));
        looks.set(state.id, now);
        return rowOf(runtime, state, before.get(state.id) ?? null, now, flags.bool("no-trunc"));
      });
      if (!flags.bool("no-stream") && redraws) runtime.out(HOME_AND_CLEAR);
      await printList(
        runtime,
        flags,
        { headings: HEADINGS, columns: COLUMNS, id: "ID", type: "*container.statsContext" },
        rows,
      );
      if (flags.bool("no-stream") || (ids.length > 0 && rows.length === 0)) return 0;
    }
  },
};
