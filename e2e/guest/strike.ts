/** What the tests share that strike the runtime at each step of its tables (runtime-src/container/fault-point.ts). */
import { expect } from "vitest";
import type { Guest } from "./guest.ts";

export interface AnyStep {
  readonly name: string;
  readonly when?: unknown;
}

export const KILLED = 137;

export interface Strikes {
  readonly faults: readonly string[];
  /** One simple command. */
  readonly command: string;
  /** After each; `$fault` is what has struck. */
  readonly clean: string;
  readonly prepare?: string;
}

/** Runs `command` with BOX_FAULT at each of `faults`; its exit code for each. */
export async function strikeAt(
  guest: Guest,
  { faults, command, clean, prepare = ":" }: Strikes,
): Promise<Map<string, number>> {
  const codes = new Map<string, number>();
  for (const fault of faults) {
    const script = [
      `fault=${fault}`,
      `{ ${prepare}; } > /dev/null 2>&1`,
      `{ BOX_FAULT=$fault ${command}; } > /tmp/fault.out 2>&1; echo $?`,
      `{ ${clean}; } > /dev/null 2>&1`,
      "true",
    ].join("\n");
    codes.set(fault, Number(await guest.out(script)));
  }
  return codes;
}

export const kills = (steps: readonly AnyStep[]): string[] =>
  steps.flatMap(({ name }) => [`${name}:before:kill`, `${name}:after:kill`]);
export const errors = (steps: readonly AnyStep[]): string[] => steps.map(({ name }) => `${name}:before:error`);

/** A step without a condition must have been struck: a fault that misses shows nothing. One with a condition may. */
export function expectCodes(steps: readonly AnyStep[], codes: ReadonlyMap<string, number>, struck: number): void {
  const unconditional = new Set(steps.filter(({ when }) => !when).map(({ name }) => name));
  for (const [fault, code] of codes) {
    const isSure = unconditional.has(fault.split(":")[0] ?? "");
    expect([fault, code]).toEqual([fault, isSure ? struck : expect.toBeOneOf([0, struck])]);
  }
}
