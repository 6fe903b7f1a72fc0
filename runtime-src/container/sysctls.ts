/** linux.sysctl: values below /proc/sys of the namespaces that the container has of its own (sysctl(8) names). */
import { writeKernelFile } from "./host.ts";
import type { InitContext } from "./init-context.ts";

export function setSysctls({ linux, spec }: InitContext): void {
  for (const entry of spec.sysctls) {
    const at = entry.indexOf("=");
    writeKernelFile(linux, `/proc/sys/${sysctlPath(entry.slice(0, at))}`, entry.slice(at + 1));
  }
}

/** The first separator of a name is its separator; where that is ".", a "/" stands for a "." of the path. */
function sysctlPath(name: string): string {
  const first = name.search(/[./]/);
  return name[first] === "/" ? name : name.replace(/[./]/g, (c) => (c === "." ? "/" : "."));
}
