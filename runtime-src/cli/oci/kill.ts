/** `box oci kill` (runtime.md, "Kill"): to the init, with --all to every process of the container. */
import { cgroupPids } from "../../cgroups/container-cgroup.ts";
import { isErrno } from "../../container/host.ts";
import { requireRecord, statusOf } from "../../oci/bundle-state.ts";
import { parseSignal } from "../signal-names.ts";
import { bool, idOf, type OciRuntime, type OciVerb } from "./oci-verb.ts";

function send({ linux }: OciRuntime, pid: number, signal: number): void {
  try {
    linux.kill(pid, signal);
  } catch (error) {
    if (!isErrno(error, "ESRCH")) throw error;
  }
}

export const kill: OciVerb = {
  usage: "CONTAINER-ID [SIGNAL]",
  summary: "Send a signal (SIGTERM) to a container's init",
  flags: [bool("all", "To every process of the container", "a")],
  words: [1, 2],
  run(runtime, flags) {
    const record = requireRecord(runtime.root, idOf(flags));
    const word = flags.rest[1] ?? "SIGTERM";
    // kill(2): 0 only asks whether it could be sent
    const signal = word === "0" ? 0 : parseSignal(word);
    if (flags.bool("all")) {
      for (const pid of cgroupPids(record.cgroup)) send(runtime, pid, signal);
      return 0;
    }
    const status = statusOf(runtime, runtime.root, record);
    if (status === "stopped" || status === "creating" || record.pid === null)
      throw new Error(`container not running: ${record.id} is ${status}`);
    runtime.linux.kill(record.pid, signal);
    return 0;
  },
};
