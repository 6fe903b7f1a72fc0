/**
 * docker's seccomp profiles (--security-opt seccomp=FILE) as the OCI profile that they come to here: rules that include or
 * exclude capabilities, architectures or kernels are decided now (moby profiles/seccomp).
 */
import { readFileSync } from "node:fs";
import { capabilityBit, hasCapability } from "../oci/capabilities.ts";
import type { SeccompProfile, SeccompRule } from "../oci/seccomp-types.ts";

interface Condition {
  readonly caps?: readonly string[];
  readonly arches?: readonly string[];
  readonly minKernel?: string;
}

type DockerRule = SeccompRule & {
  readonly name?: string;
  readonly includes?: Condition;
  readonly excludes?: Condition;
};

const ARCHITECTURES = ["x86", "386", "i386"];

const versionOf = (text: string): number => {
  const [major = 0, minor = 0] = text.split(".").map((part) => Number.parseInt(part, 10));
  return major * 1000 + minor;
};

export function readSeccompFile(file: string, capabilities: number): SeccompProfile {
  let profile: SeccompProfile & { readonly syscalls?: readonly DockerRule[] };
  try {
    profile = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? `open ${file}: no such file or directory` : message;
    throw new Error(`opening seccomp profile (${file}) failed: ${reason}`, { cause: error });
  }
  if (typeof profile !== "object" || profile === null || typeof profile.defaultAction !== "string") {
    throw new Error(`Decoding seccomp profile failed: ${file}: defaultAction is missing`);
  }
  const kernel = versionOf(readFileSync("/proc/sys/kernel/osrelease", "utf8"));
  const has = (name: string) => {
    const bit = capabilityBit(name);
    return bit !== null && hasCapability(capabilities, bit);
  };
  const isHere = (arches: readonly string[]) => arches.some((name) => ARCHITECTURES.includes(name));
  const holds = ({ includes = {}, excludes = {} }: DockerRule): boolean =>
    (includes.caps ?? []).every(has) &&
    (!includes.arches?.length || isHere(includes.arches)) &&
    (!includes.minKernel || kernel >= versionOf(includes.minKernel)) &&
    !(excludes.caps ?? []).some(has) &&
    !(excludes.arches?.length && isHere(excludes.arches)) &&
    !(excludes.minKernel && kernel >= versionOf(excludes.minKernel));
  const rules = (profile.syscalls ?? []).filter(holds).map(({ name, names, action, errnoRet, args }) => ({
    names: names ?? (name ? [name] : []),
    action,
    ...(errnoRet === undefined ? {} : { errnoRet }),
    ...(args ? { args } : {}),
  }));
  const { defaultAction, defaultErrnoRet, flags } = profile;
  return {
    defaultAction,
    ...(defaultErrnoRet === undefined ? {} : { defaultErrnoRet }),
    ...(flags ? { flags } : {}),
    syscalls: rules,
  };
}
