/** `docker info`: what this machine is and what is on it. */
import { readFileSync } from "node:fs";
import { listContainers } from "../container/recover.ts";
import { listVolumes } from "../container/volumes.ts";
import { listImages } from "../image/store.ts";
import { dockerStatus } from "./container-row.ts";
import { type Flag, parseFlags } from "./flags.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { binarySize } from "./units.ts";
import { BOX_VERSION, kernelRelease } from "./version.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "format", short: "f", kind: "text", help: "Format output: json or a Go template" },
];

const firstMatch = (file: string, pattern: RegExp): string => pattern.exec(readFileSync(file, "utf8"))?.[1] ?? "";

function factsOf(runtime: Runtime) {
  const statuses = listContainers(runtime).map((state) => dockerStatus(runtime, state));
  const count = (...wanted: string[]) => statuses.filter((status) => wanted.includes(status)).length;
  const memory = (key: string) => Number(firstMatch("/proc/meminfo", new RegExp(`^${key}:\\s+(\\d+) kB`, "m"))) * 1024;
  return {
    Containers: statuses.length,
    ContainersRunning: count("running", "restarting"),
    ContainersPaused: count("paused"),
    ContainersStopped: count("created", "exited"),
    Images: listImages(runtime.paths).length,
    Volumes: listVolumes(runtime.paths).length,
    Driver: "overlay2",
    BackingFilesystem: firstMatch("/proc/mounts", /^\S+ \/var\/lib\/box (\S+)/m),
    LoggingDriver: "json-file",
    CgroupDriver: "cgroupfs",
    CgroupVersion: "2",
    CgroupControllers: readFileSync("/sys/fs/cgroup/cgroup.controllers", "utf8").trim().split(" "),
    SecurityOptions: ["name=seccomp,profile=builtin", "name=cgroupns"],
    DefaultRuntime: "box",
    ServerVersion: BOX_VERSION,
    KernelVersion: kernelRelease(),
    OperatingSystem: firstMatch("/etc/os-release", /^PRETTY_NAME="?([^"\n]*)/m),
    OSType: "linux",
    Architecture: "i686",
    NCPU: 1,
    MemTotal: memory("MemTotal"),
    SwapTotal: memory("SwapTotal"),
    Name: readFileSync("/proc/sys/kernel/hostname", "utf8").trim(),
    DockerRootDir: runtime.paths.lib,
  };
}

export const info: Verb = {
  usage: "info [OPTIONS]",
  summary: "Display system-wide information",
  aliases: ["system info"],
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 0, 0);
    const facts = factsOf(runtime);
    const format = flags.text("format");
    if (format !== null) {
      const { compileFormat } = await import("./format.ts");
      runtime.out(`${compileFormat(format, { type: "system.dockerInfo" })(facts)}\n`);
      return 0;
    }
    const lines = [
      `Containers: ${facts.Containers}`,
      ` Running: ${facts.ContainersRunning}`,
      ` Paused: ${facts.ContainersPaused}`,
      ` Stopped: ${facts.ContainersStopped}`,
      `Images: ${facts.Images}`,
      `Server Version: ${facts.ServerVersion}`,
      `Storage Driver: ${facts.Driver}`,
      ` Backing Filesystem: ${facts.BackingFilesystem}`,
      `Logging Driver: ${facts.LoggingDriver}`,
      `Cgroup Driver: ${facts.CgroupDriver}`,
      `Cgroup Version: ${facts.CgroupVersion}`,
      ` Controllers: ${facts.CgroupControllers.join(" ")}`,
      "Security Options:",
      ...facts.SecurityOptions.map((option) => ` ${option.replace(/^name=/, "").replace(",", " ")}`),
      `Default Runtime: ${facts.DefaultRuntime}`,
      `Kernel Version: ${facts.KernelVersion}`,
      `Operating System: ${facts.OperatingSystem}`,
      `OSType: ${facts.OSType}`,
      `Architecture: ${facts.Architecture}`,
      `CPUs: ${facts.NCPU}`,
      `Total Memory: ${binarySize(facts.MemTotal)}`,
      `Name: ${facts.Name}`,
      `Docker Root Dir: ${facts.DockerRootDir}`,
    ];
    if (facts.SwapTotal === 0) lines.push("WARNING: No swap limit support");
    runtime.out(`${lines.join("\n")}\n`);
    return 0;
  },
};
