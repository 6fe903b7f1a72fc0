/** Debian's ffmpeg, for the films: Playwright's own cannot be downloaded in a closed network. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

export const FFMPEG_PATH = process.env.FFMPEG_PATH ?? "/usr/bin/ffmpeg";

/** Installs it by apt where that is possible without asking; throws with what to do elsewhere. */
export function ensureFfmpeg(): void {
  if (existsSync(FFMPEG_PATH)) return;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get"))
    throw new Error(`${FFMPEG_PATH}: missing; install Debian's ffmpeg, or set FFMPEG_PATH to one`);
  process.stderr.write("installing ffmpeg (apt-get)\n");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [
    ["update", "-q"],
    ["install", "-qy", "--no-install-recommends", "ffmpeg"],
  ])
    spawnSync("apt-get", args, { stdio: ["ignore", 2, 2], env });
  if (!existsSync(FFMPEG_PATH)) throw new Error("apt-get install ffmpeg: failed; its output is above");
}
