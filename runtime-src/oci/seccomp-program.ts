/**
 * The filter that a spec asks for. docker's default for docker's default capabilities is compiled once a process; the
 * compiler for other profiles, with its table of every syscall's name, is a chunk of its own that loadSeccompCompiler()
 * brings in before it is needed.
 */
import type { ContainerSpec } from "../container/spec.ts";
import { DEFAULT_CAPABILITIES } from "./capabilities.ts";
import { compileSeccomp, defaultSeccomp } from "./seccomp-compile.ts";
import { allowedByCapabilities } from "./seccomp-profile.ts";
import type { SeccompProfile, SeccompProgram } from "./seccomp-types.ts";

let compile: ((profile: SeccompProfile) => SeccompProgram) | null = null;

/** null: nothing to load. */
export function loadSeccompCompiler({ seccomp }: Pick<ContainerSpec, "seccomp">): Promise<void> | null {
  if (typeof seccomp === "string" || compile) return null;
  return import("./seccomp-profile-compile.ts").then(({ compileProfile }) => {
    compile = compileProfile;
  });
}

export function seccompProgram({ seccomp, process }: ContainerSpec): SeccompProgram | null {
  if (seccomp === "unconfined") return null;
  if (seccomp !== "default") {
    if (!compile) throw new Error("the compiler of seccomp profiles is not loaded");
    return compile(seccomp);
  }
  const { bounding } = process.capabilities;
  const allowed = bounding === DEFAULT_CAPABILITIES ? [] : allowedByCapabilities(bounding);
  return { code: allowed.length === 0 ? defaultSeccomp() : compileSeccomp(allowed), flags: 0 };
}
