import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Footage } from "./recorder.ts";

const LAST_FRAME_MS = 40;
/** Lower is better and larger; text stays crisp up to about 34. */
const QUALITY = 30;

/** The list that ffmpeg's concat demuxer reads: each frame for as long as it was on the screen. */
export function concatList({ frames, endMs }: Footage): string {
  const lines = frames.flatMap(({ file, atMs }, index) => {
    const until = frames[index + 1]?.atMs ?? Math.max(endMs, atMs + LAST_FRAME_MS);
    return [`file '${file}'`, `duration ${((until - atMs) / 1_000).toFixed(4)}`];
  });
  // The demuxer drops the last duration unless its file is named once more.
  return [...lines, `file '${frames.at(-1)?.file}'`, ""].join("\n");
}

export function encode(ffmpeg: string, footage: Footage, dir: string, outFile: string): void {
  const list = path.join(dir, "frames.txt");
  writeFileSync(list, concatList(footage));
  const input = ["-f", "concat", "-safe", "0", "-i", list];
  // Each frame once, at its own time: a still picture is one frame, however long it stands.
  const video = ["-fps_mode", "vfr", "-pix_fmt", "yuv420p"];
  const speed = ["-deadline", "realtime", "-cpu-used", "6"];
  const codec = ["-c:v", "libvpx-vp9", "-crf", String(QUALITY), "-b:v", "0", ...speed];
  const args = ["-y", "-loglevel", "error", ...input, ...video, ...codec, "-row-mt", "1", "-threads", "2", outFile];
  const { status, stderr, error } = spawnSync(ffmpeg, args, { encoding: "utf8" });
  if (error) throw new Error(`${ffmpeg}: ${error.message}`, { cause: error });
  if (status !== 0) throw new Error(`${ffmpeg} ${outFile}: exit ${status}: ${stderr.trim()}`);
}
