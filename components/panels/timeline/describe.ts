import type { KernelEvent } from "../../../lib/protocol/kernel-event.ts";
import type { Limit } from "../../../lib/protocol/kernel-snapshot.ts";
import type { TimelineEntry } from "../../../lib/stores/timeline-store.ts";
import type { Text } from "../../text/ko.ts";
import { formatBytes } from "../../ui/format.ts";
import { cleanGuestText } from "../../ui/guest-text.tsx";
import { SHORT_NAMES } from "../glass/namespace-style.ts";
import { describeWorld } from "./describe-world.ts";

export type Lane = "runtime" | "kernel" | "cgroup";
export type Tone = "plain" | "brand" | "held" | "struck";

export interface Mark {
  readonly lane: Lane;
  readonly tone: Tone;
  readonly label: string;
  /** Marks of equal group in one snapshot are drawn as one; null stands alone. */
  readonly group: string | null;
}

/** How an entry stands on the timeline: short, in the kernel's words. */
export function describe(entry: TimelineEntry, text: Text): Mark {
  if (entry.type === "step") {
    const { step } = entry;
    const tone = step.phase === "done" ? "brand" : "struck";
    const suffix = step.phase === "done" ? "" : ` ${text.timeline[step.phase]}`;
    const name = step.syscall.startsWith(step.step) ? step.syscall : `${step.syscall} ${step.step}`;
    return { lane: "runtime", tone, label: `${name}${suffix}`, group: null };
  }
  return describeEvent(entry.event, text);
}

function describeEvent(event: KernelEvent, text: Text): Mark {
  const kernel = (label: string, group: string | null = null): Mark => ({
    lane: "kernel",
    tone: "plain",
    label,
    group,
  });
  const control = (label: string, tone: Tone = "plain"): Mark => ({ lane: "cgroup", tone, label, group: null });
  switch (event.kind) {
    case "fork":
      return kernel(`fork ${event.pid} ${cleanGuestText(event.comm, 15)}`);
    case "exec":
      return kernel(`exec ${event.pid} ${cleanGuestText(event.comm, 15)}`);
    case "exit":
      return event.oomKilled
        ? {
            lane: "kernel",
            tone: "struck",
            label: `${text.timeline.oomKill} ${event.pid} ${cleanGuestText(event.comm, 15)}`,
            group: null,
          }
        : kernel(`exit ${event.pid} ${cleanGuestText(event.comm, 15)}`);
    case "namespace-enter":
      return kernel(`${event.pid} → ${SHORT_NAMES[event.type]}`, `enter ${event.pid}`);
    case "namespace-new":
      return kernel(`+ ${SHORT_NAMES[event.type]}`, "namespace-new");
    case "namespace-gone":
      return kernel(`− ${SHORT_NAMES[event.type]}`, "namespace-gone");
    case "missed":
      return kernel(text.timeline.missed(event.count));
    case "hostname":
      return kernel(`hostname ${cleanGuestText(event.to, 24)}`);
    case "cgroup-new":
      return control(`mkdir ${shortPath(event.path)}`);
    case "cgroup-gone":
      return control(`rmdir ${shortPath(event.path)}`);
    case "cgroup-move":
      return control(`${event.pid} → ${shortPath(event.toPath)}`);
    case "limit":
      return control(`${event.file} = ${formatFile(event.file, event.to)}`);
    case "memory-max":
      return control(`memory.max ${text.timeline.limitHit} ${text.timeline.times(event.count)}`, "held");
    case "oom-kill":
      return control(`${text.timeline.oomKill} ${text.timeline.times(event.count)}`, "struck");
    case "pids-max":
      return control(`pids.max ${text.timeline.forkRefused} ${text.timeline.times(event.count)}`, "held");
    case "throttled":
      return control(text.timeline.throttled((event.usec / 1_000).toFixed(0)), "held");
    case "frozen":
      return control(event.frozen ? text.timeline.frozen : text.timeline.thawed, event.frozen ? "held" : "plain");
    case "device-programs":
      return control(`devices ${event.attached}`);
    default:
      return kernel(describeWorld(event), event.kind);
  }
}

/** "/box/3f9c1e77ab02..." -> ".../3f9c1e77ab02": the last part tells. */
function shortPath(path: string): string {
  const last = path.split("/").at(-1) ?? path;
  return cleanGuestText(last.length > 12 && /^[0-9a-f]+$/.test(last) ? last.slice(0, 12) : last, 20);
}

export function formatFile(file: string, limit: Limit): string {
  if (limit === "max") return "max";
  return file.startsWith("memory.") ? formatBytes(limit) : String(limit);
}
