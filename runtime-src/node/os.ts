/** node:os, from uname(2), sysinfo(2) and /proc. */
import fs from "native:fs";
import calls from "native:process";
import { process } from "./process-object.ts";
import { signals } from "./signals.ts";

export const EOL = "\n";
export const devNull = "/dev/null";
export const constants = { signals };

export function hostname(): string {
  return calls.uname()[1];
}
export function type(): string {
  return calls.uname()[0];
}
export function release(): string {
  return calls.uname()[2];
}
export function version(): string {
  return calls.uname()[3];
}
export function machine(): string {
  return calls.uname()[4];
}
export function arch(): string {
  return calls.arch;
}
export function platform(): "linux" {
  return "linux";
}
export function endianness(): "LE" {
  return "LE";
}
export function uptime(): number {
  return calls.sysinfo()[0];
}
export function loadavg(): number[] {
  return calls.sysinfo().slice(1, 4);
}
export function totalmem(): number {
  return calls.sysinfo()[4];
}

/** MemAvailable, as libuv answers. */
export function freemem(): number {
  const match = /^MemAvailable:\s+(\d+) kB/m.exec(fs.readFile("/proc/meminfo", true, 0) as string);
  return match ? Number(match[1]) * 1024 : calls.sysinfo()[5];
}

export function tmpdir(): string {
  const { TMPDIR, TMP, TEMP } = process.env;
  const path = TMPDIR || TMP || TEMP || "/tmp";
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

interface UserInfo {
  uid: number;
  gid: number;
  username: string;
  homedir: string;
  shell: string | null;
}

export function userInfo(): UserInfo {
  const uid = calls.uid();
  const lines = (fs.readFile("/etc/passwd", true, 0) as string).split("\n").map((line) => line.split(":"));
  const fields = lines.find((entry) => Number(entry[2]) === uid && entry.length >= 7);
  if (!fields) {
    throw Object.assign(new Error("A system error occurred: uv_os_get_passwd returned ENOENT"), { code: "ENOENT" });
  }
  return {
    uid,
    gid: Number(fields[3]),
    username: fields[0] as string,
    homedir: fields[5] as string,
    shell: fields[6] as string,
  };
}

export function homedir(): string {
  return process.env.HOME || userInfo().homedir;
}

interface Cpu {
  model: string;
  speed: number;
  times: { user: number; nice: number; sys: number; idle: number; irq: number };
}

export function cpus(): Cpu[] {
  const info = (fs.readFile("/proc/cpuinfo", true, 0) as string).split("\n\n");
  const stat = (fs.readFile("/proc/stat", true, 0) as string).match(/^cpu\d+ .*/gm) ?? [];
  return stat.map((line, index) => {
    const ticks = line.split(" ").slice(1).map(Number);
    const ms = (at: number): number => (ticks[at] ?? 0) * 10;
    const text = info[index] ?? "";
    return {
      model: /^model name\s*: (.*)$/m.exec(text)?.[1] ?? "unknown",
      speed: Math.floor(Number(/^cpu MHz\s*: (.*)$/m.exec(text)?.[1] ?? 0)),
      times: { user: ms(0), nice: ms(1), sys: ms(2), idle: ms(3), irq: ms(5) },
    };
  });
}

export function availableParallelism(): number {
  return cpus().length;
}

export default {
  EOL,
  devNull,
  constants,
  hostname,
  type,
  release,
  version,
  machine,
  arch,
  platform,
  endianness,
  uptime,
  loadavg,
  totalmem,
  freemem,
  tmpdir,
  userInfo,
  homedir,
  cpus,
  availableParallelism,
};
