/** The filter that a spec asks for. docker's default for docker's default capabilities is compiled once a process. */
import type { ContainerSpec } from "../container/spec.ts";
import { DEFAULT_CAPABILITIES } from "./capabilities.ts";
import { compileSeccomp, defaultSeccomp } from "./seccomp-compile.ts";
import { allowedByCapabilities } from "./seccomp-profile.ts";
import { compileProfile } from "./seccomp-profile-compile.ts";
import type { SeccompProgram } from "./seccomp-types.ts";

export function seccompProgram({ seccomp, process }: ContainerSpec): SeccompProgram | null {
  if (seccomp === "unconfined") return null;
  if (seccomp !== "default") return compileProfile(seccomp);
  const { bounding } = process.capabilities;
  const allowed = bounding === DEFAULT_CAPABILITIES ? [] : allowedByCapabilities(bounding);
  return { code: allowed.length === 0 ? defaultSeccomp() : compileSeccomp(allowed), flags: 0 };
}
