/** `docker top`: the host's ps(1), of whose lines those of the container's processes are kept. */

import { spawnSync } from "node:child_process";
import { cgroupPids } from "../cgroups/container-cgroup.ts";
import { cgroupOf } from "../container/cgroup-of.ts";
import { requireRunning } from "./each-container.ts";
import { CommandError, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

export const top: Verb = {
  usage: "top CONTAINER [ps OPTIONS]",
  summary: "Display the running processes of a container",
  aliases: ["container top"],
  run(runtime, argv) {
    requireWords(argv, 1);
    const [reference = "", ...options] = argv;
    const state = requireRunning(runtime, reference);
    const pids = cgroupPids(cgroupOf(runtime, state)).map(String);
    const { stdout, stderr, status } = spawnSync("ps", options.length > 0 ? options : ["-ef"], { encoding: "utf8" });
    if (status !== 0) throw new CommandError(`ps: ${stderr.trim()}`);
    const [heading = "", ...lines] = stdout.split("\n");
    const column = heading.trim().split(/\s+/).indexOf("PID");
    if (column < 0) throw new CommandError("Couldn't find PID field in ps output");
    const own = lines.filter((line) => pids.includes(line.trim().split(/\s+/)[column] ?? ""));
    runtime.out([heading, ...own].map((line) => `${line}\n`).join(""));
    return 0;
  },
};
