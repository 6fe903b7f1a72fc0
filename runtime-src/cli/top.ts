/** `docker top`: the host's ps(1) on the container's processes. */
import { execFileSync } from "node:child_process";
import { cgroupPids } from "../cgroups/container-cgroup.ts";
import { cgroupFolder } from "../container/paths.ts";
import { requireRunning, requireWords } from "./each-container.ts";
import type { Verb } from "./runtime.ts";

export const top: Verb = {
  usage: "top CONTAINER [ps OPTIONS]",
  summary: "Display the running processes of a container",
  run(runtime, argv) {
    requireWords(runtime, "top", argv);
    const [reference = "", ...options] = argv;
    const { id } = requireRunning(runtime, reference);
    const pids = cgroupPids(cgroupFolder(runtime.paths, id));
    const format = options.length > 0 ? options : ["-f"];
    runtime.out(execFileSync("ps", [...format, "-p", pids.join(",")], { encoding: "utf8" }));
    return 0;
  },
};
