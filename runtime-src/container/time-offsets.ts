/** linux.timeOffsets as lines of /proc/PID/timens_offsets (time_namespaces(7)): "monotonic 100 0". */
import type { ContainerSpec } from "./spec.ts";

export function offsetLines({ timeOffsets }: ContainerSpec): string[] {
  return (["monotonic", "boottime"] as const).flatMap((clock) => {
    const offset = timeOffsets?.[clock];
    return offset ? [`${clock} ${offset.secs} ${offset.nanosecs}`] : [];
  });
}
