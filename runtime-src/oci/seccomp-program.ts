/**
 * The filter that a spec asks for. docker's default is compiled once a process; the compiler for other profiles, with its
 * table of every syscall's name, is a chunk of its own that loadSeccompCompiler() brings in before it is needed.
 */
import type { ContainerSpec } from "../container/spec.ts";
import { defaultSeccomp } from "./seccomp-compile.ts";
import type { SeccompProfile } from "./seccomp-types.ts";

export interface SeccompProgram {
  readonly code: Uint8Array;
  /** SECCOMP_FILTER_FLAG_* */
  readonly flags: number;
}

type Compile = (profile: SeccompProfile) => SeccompProgram;

let compile: Compile | null = null;

/** null: nothing to load. */
export function loadSeccompCompiler({ seccomp }: ContainerSpec): Promise<void> | null {
  if (typeof seccomp === "string" || compile) return null;
  return import("./seccomp-profile-compile.ts").then(({ compileProfile }) => {
    compile = compileProfile;
  });
}

export function seccompProgram({ seccomp }: ContainerSpec): SeccompProgram | null {
  if (seccomp === "unconfined") return null;
  if (seccomp === "default") return { code: defaultSeccomp(), flags: 0 };
  if (!compile) throw new Error("the compiler of seccomp profiles is not loaded");
  return compile(seccomp);
}
