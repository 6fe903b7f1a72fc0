/** linux.seccomp of the runtime-spec (config-linux.md, "Seccomp"), as config.json and docker's profile files have it. */
export interface SeccompArgument {
  readonly index: number;
  /** 64 bits; a number where it fits exactly, else decimal text. */
  readonly value: number | string;
  readonly valueTwo?: number | string;
  readonly op: string;
}

export interface SeccompRule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly SeccompArgument[];
}

export interface SeccompProfile {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures?: readonly string[];
  readonly flags?: readonly string[];
  readonly syscalls?: readonly SeccompRule[];
}

/** What seccomp(2) takes. */
export interface SeccompProgram {
  /** sock_filter, 8 bytes each. */
  readonly code: Uint8Array;
  /** SECCOMP_FILTER_FLAG_* */
  readonly flags: number;
}
