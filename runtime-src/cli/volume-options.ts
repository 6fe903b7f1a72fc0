/** docker's --volume and --tmpfs. */
import { mkdirSync, statSync } from "node:fs";
import { isErrno } from "../container/host.ts";
import type { MountSpec } from "../container/spec.ts";

/** "/host:/inside[:ro|rw]"; a host folder that is not there is made, as docker does. */
export function parseVolume(text: string): MountSpec {
  const parts = text.split(":");
  const [source = "", destination = "", options = "rw"] = parts;
  if (parts.length < 2 || parts.length > 3 || source === "") {
    throw new Error(`invalid volume specification: '${text}': use /host/path:/path/inside[:ro]`);
  }
  if (!destination.startsWith("/") || destination === "/") {
    throw new Error(`invalid volume specification: '${text}': invalid mount path: '${destination}' must be absolute`);
  }
  if (options !== "ro" && options !== "rw") {
    throw new Error(`invalid volume specification: '${text}': invalid mode: ${options}`);
  }
  const path = source.startsWith(".") ? `${process.cwd()}/${source}` : source;
  if (!path.startsWith("/")) {
    throw new Error(`invalid volume specification: '${text}': named volumes are not there yet, give a host path`);
  }
  makeSource(path);
  // docker's: read-only with all that is mounted below it
  return bindMount(path, destination, ["rbind", "rprivate", ...(options === "ro" ? ["rro"] : [])]);
}

const bindMount = (source: string, destination: string, options: readonly string[]): MountSpec => ({
  type: "bind",
  source,
  destination,
  options,
  uidMappings: [],
  gidMappings: [],
});

function makeSource(path: string): void {
  try {
    statSync(path);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    mkdirSync(path, { recursive: true, mode: 0o755 });
  }
}

/** "/path[:size=64m,mode=1777]" */
export function parseTmpfs(text: string): MountSpec {
  const at = text.indexOf(":");
  const destination = at < 0 ? text : text.slice(0, at);
  if (!destination.startsWith("/")) {
    throw new Error(
      `invalid mount config for type "tmpfs": invalid mount path: '${destination}' mount path must be absolute`,
    );
  }
  const words = at < 0 ? [] : text.slice(at + 1).split(",");
  const own = words.filter((word) => word === "ro" || /^(size|mode|uid|gid|nr_inodes)=/.test(word));
  const options = ["nosuid", "nodev", "noexec", ...own];
  return { type: "tmpfs", source: "tmpfs", destination, options, uidMappings: [], gidMappings: [] };
}
