/** The last that a container's init does to the kernel's own files, whether its root is docker's or a bundle's. */
import { sourceHere } from "../linux/source-position.ts";
import type { InitContext } from "./init-context.ts";
import { maskPaths, protectPaths } from "./kernel-paths.ts";
import type { Step } from "./steps.ts";
import { setSysctls } from "./sysctls.ts";

type Args = Step<InitContext>["args"];

/** What is said of the paths differs: docker's are always the same. */
export const protectSteps = (masked: Args, readonly: Args): readonly Step<InitContext>[] => [
  {
    name: "set-sysctls",
    part: "namespaces",
    syscall: "write",
    args: ({ spec }) => spec.sysctls.slice(0, 20),
    source: sourceHere(),
    when: ({ spec }) => spec.sysctls.length > 0,
    run: setSysctls,
  },
  {
    name: "mask-paths",
    part: "filesystem",
    syscall: "mount",
    args: masked,
    source: sourceHere(),
    when: ({ spec }) => spec.maskedPaths.length > 0,
    run: maskPaths,
  },
  {
    name: "readonly-paths",
    part: "filesystem",
    syscall: "mount",
    args: readonly,
    source: sourceHere(),
    when: ({ spec }) => spec.readonlyPaths.length > 0,
    run: protectPaths,
  },
];
