/** `docker stats --no-stream`: two looks at the cgroup, one second apart, for the CPU share. */
import { readFileSync } from "node:fs";
import { cgroupPids, flatKey } from "../cgroups/container-cgroup.ts";
import { cgroupFolder, shortId } from "../container/paths.ts";
import { listContainers } from "../container/recover.ts";
import type { ContainerState } from "../container/state.ts";
import { requireRunning } from "./each-container.ts";
import { type Flag, parseFlags, UsageError } from "./flags.ts";
import { formatRows } from "./format.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { table } from "./table.ts";
import { binarySize } from "./units.ts";

const FLAGS: readonly Flag[] = [
  { name: "no-stream", kind: "bool", help: "Disable streaming stats and only pull the first result" },
  { name: "format", kind: "text", help: "Format output: json, or a template of {{.Fields}}" },
];

const WINDOW_MS = 1000;

interface Look {
  readonly usec: number;
  readonly atMs: number;
}

const cpuLook = (folder: string): Look => ({
  usec: flatKey(folder, "cpu.stat", "usage_usec") ?? 0,
  atMs: performance.now(),
});

const readNumber = (path: string): number | null => {
  const text = readFileSync(path, "utf8").trim();
  return text === "max" ? null : Number(text);
};

function machineMemory(): number {
  const match = /^MemTotal:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"));
  return Number(match?.[1] ?? 0) * 1024;
}

function fieldsOf(runtime: Runtime, { id, name }: ContainerState, before: Look): Record<string, string> {
  const folder = cgroupFolder(runtime.paths, id);
  const now = cpuLook(folder);
  const used = readNumber(`${folder}/memory.current`) ?? 0;
  const limit = readNumber(`${folder}/memory.max`) ?? machineMemory();
  const share = (now.usec - before.usec) / 10 / Math.max(now.atMs - before.atMs, 1);
  return {
    ID: shortId(id),
    Name: name,
    CPUPerc: `${share.toFixed(2)}%`,
    MemUsage: `${binarySize(used)} / ${binarySize(limit)}`,
    MemPerc: `${((used / limit) * 100).toFixed(2)}%`,
    PIDs: String(cgroupPids(folder).length),
  };
}

export const stats: Verb = {
  usage: "stats [OPTIONS] [CONTAINER...]",
  summary: "Display container resource usage statistics",
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    if (!flags.bool("no-stream")) throw new UsageError("a live table is not there yet: use --no-stream");
    const states =
      flags.rest.length > 0
        ? flags.rest.map((reference) => requireRunning(runtime, reference))
        : listContainers(runtime).filter(({ status }) => status === "running");
    const before = states.map(({ id }) => cpuLook(cgroupFolder(runtime.paths, id)));
    await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
    const rows = states.map((state, i) => fieldsOf(runtime, state, before[i] ?? { usec: 0, atMs: 0 }));
    const format = flags.text("format");
    const headings = ["CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT", "MEM %", "PIDS"];
    runtime.out(
      format !== null
        ? formatRows(format, rows)
        : table(
            headings,
            rows.map((row) => Object.values(row)),
          ),
    );
    return 0;
  },
};
