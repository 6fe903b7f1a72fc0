/** `box oci ps`: ps(1) over the processes of the container's cgroup, or their numbers as JSON. */
import { spawnSync } from "node:child_process";
import { cgroupPids } from "../../cgroups/container-cgroup.ts";
import { requireRecord } from "../../oci/bundle-state.ts";
import { UsageError } from "../flags.ts";
import { idOf, type OciVerb, text } from "./oci-verb.ts";

export const ps: OciVerb = {
  usage: "CONTAINER-ID [PS OPTIONS]",
  summary: "List the processes of a container",
  flags: [text("format", "table or json", "f")],
  words: [1, Number.POSITIVE_INFINITY],
  endsAtWord: true,
  run(runtime, flags) {
    const record = requireRecord(runtime.root, idOf(flags));
    const pids = cgroupPids(record.cgroup);
    const format = flags.text("format") ?? "table";
    if (format === "json") {
      runtime.out(`${JSON.stringify(pids)}\n`);
      return 0;
    }
    if (format !== "table") throw new UsageError(`invalid format option "${format}": use table or json`);
    const options = flags.rest.length > 1 ? flags.rest.slice(1) : ["-ef"];
    const { stdout, error } = spawnSync("ps", options, { encoding: "utf8" });
    if (error) throw new Error(`ps: ${error.message}`, { cause: error });
    const [head = "", ...lines] = stdout.split("\n");
    const at = head.trim().split(/\s+/).indexOf("PID");
    if (at < 0) throw new UsageError("the options of ps must leave it the column PID");
    const own = lines.filter((line) => pids.includes(Number(line.trim().split(/\s+/)[at])));
    runtime.out([head, ...own, ""].join("\n"));
    return 0;
  },
};
