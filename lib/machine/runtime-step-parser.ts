/**
 * Lines of hvc3 into runtime steps (lib/protocol/runtime-step.ts).
 *
 * Any root process of the guest can write to hvc3, so a line is believed only as far as its shape: every field is
 * checked and bounded, unknown fields are left behind, and what does not fit is dropped and counted.
 */
import { RUNTIME_STEP_VERSION, type RuntimeStep } from "../protocol/runtime-step.ts";

export const MAX_STEP_BYTES = 8_192;
const MAX_TEXT = 1_024;
const MAX_ARGS = 32;
const MAX_STEPS = 1_000;
const PARTS = ["namespaces", "cgroup", "filesystem", "entrypoint"] as const;
const PHASES = ["done", "failed", "undone"] as const;

type Fields = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === "string" && value.length <= MAX_TEXT;
const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;
const isTime = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value >= 0;
const oneOf = <T extends string>(words: readonly T[], value: unknown): value is T =>
  typeof value === "string" && (words as readonly string[]).includes(value);

/** null where the line is no step. */
export function parseRuntimeStep(line: string): RuntimeStep | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return null;
  }
  return typeof parsed === "object" && parsed !== null ? checkStep(parsed as Fields) : null;
}

function checkStep(fields: Fields): RuntimeStep | null {
  const { v, id, name, operation, index, total, step, part, phase, syscall, args, error, source, atMs } = fields;
  if (v !== RUNTIME_STEP_VERSION) return null;
  if (!isText(id) || !/^[\w+.-]*$/.test(id)) return null;
  if (!isText(name) || !isText(operation) || !isText(step) || !isText(syscall) || !isText(source)) return null;
  if (!isCount(index) || !isCount(total) || total > MAX_STEPS || index > total) return null;
  if (!isTime(atMs) || !oneOf(PHASES, phase)) return null;
  if (part !== null && !oneOf(PARTS, part)) return null;
  if (error !== null && !isText(error)) return null;
  if (!Array.isArray(args) || args.length > MAX_ARGS || !args.every(isText)) return null;
  return { v, id, name, operation, index, total, step, part, phase, syscall, args, error, source, atMs };
}
