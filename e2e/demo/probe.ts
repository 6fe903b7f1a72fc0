import { spawnSync } from "node:child_process";
import path from "node:path";
import type { Footage } from "./recorder.ts";

/** Frame times are kept to 40 ms, and the last one may be shown once more. */
const TOLERANCE_SECONDS = 0.5;

interface Probed {
  readonly streams: readonly { readonly codec_name: string; readonly width: number; readonly height: number }[];
  readonly format: { readonly duration: string };
}

/** Opens a film as a player would and holds it against what was shot; ffprobe lies beside ffmpeg. */
export function checkFilm(
  ffmpeg: string,
  file: string,
  { frames, endMs }: Footage,
  width: number,
  height: number,
): void {
  const ffprobe = path.join(path.dirname(ffmpeg), "ffprobe");
  const entries = "stream=codec_name,width,height:format=duration";
  const args = ["-v", "error", "-show_entries", entries, "-of", "json", file];
  const { status, stdout, stderr, error } = spawnSync(ffprobe, args, { encoding: "utf8" });
  if (error || status !== 0)
    throw new Error(`${ffprobe} ${file}: ${error?.message ?? stderr.trim()}`, { cause: error });
  const { streams, format } = JSON.parse(stdout) as Probed;
  const [video] = streams;
  const wantSeconds = (endMs - (frames[0]?.atMs ?? endMs)) / 1_000;
  if (video?.codec_name !== "vp9" || video.width !== width || video.height !== height)
    throw new Error(`${file}: ${JSON.stringify(video)}, want vp9 of ${width}x${height}`);
  if (Math.abs(Number(format.duration) - wantSeconds) > TOLERANCE_SECONDS)
    throw new Error(`${file}: lasts ${format.duration} s, want ${wantSeconds.toFixed(2)} s`);
}
