/**
 * The mount on which a path lies, made private (mount_namespaces(7)): pivot_root(2) refuses a root below a shared mount,
 * and what is mounted there would be seen by the host. Only for bundles that want a shared root.
 */
import { readFileSync } from "node:fs";
import { MS_PRIVATE } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";

const withoutEscapes = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8)));

export function separateParentMount(linux: LinuxCalls, path: string): void {
  const points = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => withoutEscapes(line.split(" ")[4] ?? ""));
  const holds = (point: string) => point !== "" && (point === "/" || point === path || path.startsWith(`${point}/`));
  const nearest = points.filter(holds).reduce((best, point) => (point.length > best.length ? point : best), "/");
  linux.mount(null, nearest, null, MS_PRIVATE, null);
}
