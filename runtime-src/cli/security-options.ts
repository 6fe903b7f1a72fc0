/** --security-opt: seccomp=unconfined|builtin|FILE, no-new-privileges, systempaths=unconfined; what is not here anyway may be off. */
import type { ContainerSpec } from "../container/spec.ts";
import { type ParsedFlags, UsageError } from "./flags.ts";

export interface Security {
  readonly seccomp: ContainerSpec["seccomp"];
  readonly noNewPrivileges: boolean;
  readonly paths: Partial<Pick<ContainerSpec, "maskedPaths" | "readonlyPaths">>;
}

const NO_MASKS = { maskedPaths: [], readonlyPaths: [] };

export async function securityOf(flags: ParsedFlags, capabilities: number): Promise<Security> {
  let seccomp: Security["seccomp"] = flags.bool("privileged") ? "unconfined" : "default";
  let noNewPrivileges = false;
  let paths: Security["paths"] = {};
  for (const option of flags.list("security-opt")) {
    const [name = "", ...rest] = option.split(/[=:]/);
    const value = rest.length > 0 ? option.slice(name.length + 1) : null;
    if (name === "no-new-privileges" && [null, "true", "false"].includes(value)) noNewPrivileges = value !== "false";
    else if (name === "seccomp" && value !== null) seccomp = await seccompOf(value, capabilities);
    else if (option === "systempaths=unconfined") paths = NO_MASKS;
    else if (option === "label=disable" || option === "apparmor=unconfined") continue;
    else if (name === "label" || name === "apparmor") {
      throw new UsageError(
        `invalid --security-opt: "${option}": this kernel has no ${name === "label" ? "SELinux" : "AppArmor"}`,
      );
    } else {
      throw new UsageError(
        `invalid --security-opt: "${option}": use seccomp=unconfined, seccomp=FILE, no-new-privileges or systempaths=unconfined`,
      );
    }
  }
  return { seccomp, noNewPrivileges, paths };
}

async function seccompOf(value: string, capabilities: number): Promise<Security["seccomp"]> {
  if (value === "unconfined") return "unconfined";
  if (value === "builtin" || value === "") return "default";
  return (await import("./seccomp-file.ts")).readSeccompFile(value, capabilities);
}
