/**
 * Hooks of a container's life (runtime-spec config.md, "POSIX-platform Hooks"): programs that run at fixed moments, with
 * the container's state as JSON on standard input.
 */
export interface Hook {
  /** Absolute. */
  readonly path: string;
  /** With argv[0]; empty: the path alone. */
  readonly args: readonly string[];
  /** null: an empty environment, as the spec wants it. */
  readonly env: readonly string[] | null;
  readonly timeoutSeconds: number | null;
}

export const HOOK_KINDS = [
  "prestart",
  "createRuntime",
  "createContainer",
  "startContainer",
  "poststart",
  "poststop",
] as const;

export type HookKind = (typeof HOOK_KINDS)[number];

export type Hooks = Readonly<Record<HookKind, readonly Hook[]>>;
