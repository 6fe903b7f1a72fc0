/** health.json of a container, beside its state.json: docker's State.Health, written whole and renamed. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { type Paths, stateFolder } from "./paths.ts";

export interface HealthResult {
  readonly Start: string;
  readonly End: string;
  readonly ExitCode: number;
  readonly Output: string;
}

export interface Health {
  readonly Status: "starting" | "healthy" | "unhealthy";
  readonly FailingStreak: number;
  readonly Log: readonly HealthResult[];
}

const healthFile = (paths: Paths, id: string): string => `${stateFolder(paths, id)}/health.json`;

export function readHealth(paths: Paths, id: string): Health | null {
  try {
    return JSON.parse(readFileSync(healthFile(paths, id), "utf8")) as Health;
  } catch {
    return null;
  }
}

export function writeHealth(paths: Paths, id: string, health: Health): void {
  const file = healthFile(paths, id);
  writeFileSync(`${file}.new`, JSON.stringify(health));
  renameSync(`${file}.new`, file);
}
