/** node:process: the object with its standard streams, and its members by name. */
import { nextTick } from "./next-tick.ts";
import { NODE_VERSION, process } from "./process-object.ts";
import { type StandardInput, standardStreams } from "./standard-streams.ts";
import type { Writable } from "./stream.ts";

process.streams = standardStreams;

export default process;
export { NODE_VERSION, process };

const { cwd, chdir, umask, uptime, kill, hrtime, memoryUsage, cpuUsage, exit, abort, emitWarning } = process;
const { getuid, geteuid, getgid, getegid, getgroups } = process;

export {
  abort,
  chdir,
  cpuUsage,
  cwd,
  emitWarning,
  exit,
  getegid,
  geteuid,
  getgid,
  getgroups,
  getuid,
  hrtime,
  kill,
  memoryUsage,
  nextTick,
  umask,
  uptime,
};

// As they are at import; marked pure so that a bundle that reads only `process.argv` does not open the streams.
export const argv = /* @__PURE__ */ ((): string[] => process.argv)();
export const argv0 = /* @__PURE__ */ ((): string => process.argv0)();
export const env = /* @__PURE__ */ ((): Record<string, string> => process.env)();
export const execPath = /* @__PURE__ */ ((): string => process.execPath)();
export const pid = /* @__PURE__ */ ((): number => process.pid)();
export const ppid = /* @__PURE__ */ ((): number => process.ppid)();
export const stdin = /* @__PURE__ */ ((): StandardInput => process.stdin)();
export const stdout = /* @__PURE__ */ ((): Writable => process.stdout)();
export const stderr = /* @__PURE__ */ ((): Writable => process.stderr)();
export const platform = "linux";
export const arch = process.arch;
export const version = NODE_VERSION;
export const versions = process.versions;
export const release = process.release;
export const execArgv = process.execArgv;
