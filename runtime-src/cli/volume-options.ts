/**
 * docker's --volume, --mount, --tmpfs, --volumes-from and an image's VOLUMEs, resolved into mounts and into what `inspect`
 * and `rm -v` must know of them. Volumes themselves are made when the container is (create-steps.ts).
 */
import { mkdirSync, statSync } from "node:fs";
import { isErrno } from "../container/host.ts";
import { isVolumeName } from "../container/volumes.ts";
import { requireContainer } from "./each-container.ts";
import type { ParsedFlags } from "./flags.ts";
import { parseMountFlag } from "./mount-flag.ts";
import { bind, type Mounted, PROPAGATIONS, tmpfs, volume } from "./mounted.ts";
import type { Runtime } from "./runtime.ts";

/** Accepted and without effect: SELinux is not there, and one machine is always consistent with itself. */
const WITHOUT_EFFECT = ["z", "Z", "cached", "consistent", "delegated", "default"];

const wrong = (text: string, reason: string): Error => new Error(`invalid volume specification: '${text}': ${reason}`);

/** "/host:/inside[:ro|rw…]", "name:/inside[:…]", "/inside" for an anonymous one. */
export function parseVolume(runtime: Runtime, text: string): Mounted {
  const parts = text.split(":");
  if (parts.length > 3 || parts.some((part) => part === "")) throw wrong(text, "use [SOURCE:]/path/inside[:OPTIONS]");
  const [source, destination = "", words = ""] = parts.length === 1 ? [null, parts[0], ""] : parts;
  if (!destination.startsWith("/")) {
    throw wrong(text, `invalid mount path: '${destination}' mount path must be absolute`);
  }
  if (/^\/+$/.test(destination)) throw wrong(text, "destination can't be '/'");
  const options = words === "" ? [] : words.split(",");
  for (const option of options) {
    if (!["ro", "rw", "nocopy", ...PROPAGATIONS, ...WITHOUT_EFFECT].includes(option)) {
      throw wrong(text, `invalid mode: ${words}`);
    }
  }
  const readonly = options.includes("ro");
  const propagation = options.find((option) => PROPAGATIONS.includes(option)) ?? "rprivate";
  if (source === null || source === undefined || isVolumeName(source)) {
    const copies = !options.includes("nocopy");
    return volume(runtime, { name: source ?? null, destination, readonly, mode: words, copies });
  }
  const path = /^\.{1,2}(\/|$)/.test(source) ? `${process.cwd()}/${source}` : source;
  if (!path.startsWith("/")) {
    const allowed =
      "only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed. If you intended to pass a host directory, use absolute path";
    throw wrong(text, `"${source}" includes invalid characters for a local volume name, ${allowed}`);
  }
  makeSource(path);
  return bind(path, destination, readonly, propagation, words);
}

/** A host folder that is not there is made, as docker does for -v. */
function makeSource(path: string): void {
  try {
    statSync(path);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    mkdirSync(path, { recursive: true, mode: 0o755 });
  }
}

/** "/path[:size=64m,mode=1777]" */
export function parseTmpfs(text: string): Mounted {
  const at = text.indexOf(":");
  const destination = at < 0 ? text : text.slice(0, at);
  if (!destination.startsWith("/")) {
    const words = `invalid mount path: '${destination}' mount path must be absolute`;
    throw new Error(`invalid mount config for type "tmpfs": ${words}`);
  }
  return tmpfs(destination, at < 0 ? [] : text.slice(at + 1).split(","));
}

/** "NAME[:ro|rw]": whatever that container has, but its tmpfs. */
function fromContainer(runtime: Runtime, text: string): Mounted[] {
  const match = /^(.+?)(?::(ro|rw|z|Z))?$/.exec(text);
  const { spec, mountPoints = [] } = requireContainer(runtime, match?.[1] ?? "");
  const isReadonly = match?.[2] === "ro";
  return mountPoints.flatMap((known) => {
    const mount = spec.mounts.find(({ destination }) => destination === known.destination);
    if (!mount || known.type === "tmpfs") return [];
    // whose it was at first, takes it along
    const { anonymous, ...point } = { ...known, readonly: known.readonly || isReadonly };
    return [{ mount: isReadonly ? { ...mount, options: [...mount.options, "rro"] } : mount, point }];
  });
}

/** In docker's order of precedence; the first at a place has it. */
export function mountsOf(runtime: Runtime, flags: ParsedFlags, imageVolumes: readonly string[]): Mounted[] {
  const given = [
    ...flags.list("mount").map((text) => parseMountFlag(runtime, text)),
    ...flags.list("volume").map((text) => parseVolume(runtime, text)),
    ...flags.list("tmpfs").map(parseTmpfs),
  ];
  const places = new Map<string, Mounted>();
  for (const entry of given) {
    const { destination } = entry.point;
    if (places.has(clean(destination))) throw new Error(`Duplicate mount point: ${destination}`);
    places.set(clean(destination), entry);
  }
  const others = [
    ...flags.list("volumes-from").flatMap((text) => fromContainer(runtime, text)),
    ...imageVolumes.map((destination) =>
      volume(runtime, { name: null, destination, readonly: false, mode: "", copies: true }),
    ),
  ];
  for (const entry of others) {
    const place = clean(entry.point.destination);
    if (!places.has(place)) places.set(place, entry);
  }
  // a mount below another comes after it
  return [...places.values()].sort((a, b) => depth(a) - depth(b));
}

const clean = (path: string): string => path.replace(/\/+/g, "/").replace(/(.)\/$/, "$1");
const depth = ({ point }: Mounted): number => clean(point.destination).split("/").length;
