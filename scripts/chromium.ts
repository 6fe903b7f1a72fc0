/** Debian's Chromium: where it is, how it is started in a closed network, and how it comes onto a machine without it. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

export const CHROMIUM_PATH = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

export const CHROMIUM_FLAGS: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Installs it by apt where that is possible without asking; throws with what to do elsewhere. */
export function ensureChromium(): void {
  if (existsSync(CHROMIUM_PATH)) return;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get"))
    throw new Error(`${CHROMIUM_PATH}: missing; install Debian's chromium, or set CHROMIUM_PATH to one`);
  process.stderr.write("installing chromium (apt-get)\n");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [
    ["update", "-q"],
    ["install", "-qy", "--no-install-recommends", "chromium"],
  ])
    spawnSync("apt-get", args, { stdio: ["ignore", 2, 2], env });
  if (!existsSync(CHROMIUM_PATH)) throw new Error("apt-get install chromium: failed; its output is above");
}
