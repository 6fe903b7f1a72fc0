/** docker's --mount type=bind|volume|tmpfs,key=value,…; unlike -v it makes no host folder. */
import { statSync } from "node:fs";
import { isVolumeName } from "../container/volumes.ts";
import { bind, type Mounted, PROPAGATIONS, tmpfs, volume } from "./mounted.ts";
import { invalidArgument } from "./parsed-flag.ts";
import type { Runtime } from "./runtime.ts";
import { parseSizeBytes } from "./units.ts";

interface Fields {
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly readonly: boolean;
  readonly more: ReadonlyMap<string, string>;
}

const SHORT: Readonly<Record<string, string>> = { src: "source", dst: "target", destination: "target", ro: "readonly" };

function fieldsOf(text: string): Fields {
  const more = new Map<string, string>();
  for (const field of text.split(",")) {
    const at = field.indexOf("=");
    const key = (at < 0 ? field : field.slice(0, at)).toLowerCase();
    const value = at < 0 ? null : field.slice(at + 1);
    if (value === null && !["readonly", "ro", "volume-nocopy", "bind-nonrecursive"].includes(key)) {
      throw invalidArgument("mount", text, `invalid field '${field}' must be a key=value pair`);
    }
    more.set(SHORT[key] ?? key, value ?? "true");
  }
  const take = (key: string): string => {
    const value = more.get(key) ?? "";
    more.delete(key);
    return value;
  };
  const readonly = ["true", "1"].includes(take("readonly"));
  return { type: take("type") || "volume", source: take("source"), target: take("target"), readonly, more };
}

const KEYS: Readonly<Record<string, readonly string[]>> = {
  bind: ["bind-propagation", "bind-nonrecursive", "bind-recursive", "consistency"],
  volume: ["volume-nocopy", "volume-label", "volume-driver", "consistency"],
  tmpfs: ["tmpfs-size", "tmpfs-mode"],
};

export function parseMountFlag(runtime: Runtime, text: string): Mounted {
  const fields = fieldsOf(text);
  const { type, target, more } = fields;
  const known = KEYS[type];
  if (!known) throw invalidArgument("mount", text, `mount type "${type}" is not supported: use bind, volume or tmpfs`);
  for (const key of more.keys()) {
    if (!known.includes(key))
      throw invalidArgument("mount", text, `unexpected key '${key}' in '${key}=${more.get(key)}'`);
  }
  if (target === "") throw invalidArgument("mount", text, "target is required");
  const refuse = (reason: string) => new Error(`invalid mount config for type "${type}": ${reason}`);
  if (!target.startsWith("/")) throw refuse(`invalid mount path: '${target}' mount path must be absolute`);
  if (type === "bind") return bindOf(fields, refuse);
  if (type === "tmpfs") return tmpfsOf(fields, text, refuse);
  const { source, readonly } = fields;
  if (source !== "" && !isVolumeName(source))
    throw refuse(`"${source}" includes invalid characters for a local volume name`);
  if ((more.get("volume-driver") ?? "local") !== "local") throw refuse('there is only the driver "local"');
  const copies = more.get("volume-nocopy") !== "true";
  return volume(runtime, { name: source || null, destination: target, readonly, mode: "z", copies });
}

function bindOf({ source, target, readonly, more }: Fields, refuse: (reason: string) => Error): Mounted {
  if (source === "") throw refuse("field Source must not be empty");
  const path = /^\.{1,2}(\/|$)/.test(source) ? `${process.cwd()}/${source}` : source;
  if (!path.startsWith("/")) throw refuse(`invalid mount path: '${path}' mount path must be absolute`);
  try {
    statSync(path);
  } catch {
    throw refuse(`bind source path does not exist: ${path}`);
  }
  const propagation = more.get("bind-propagation") ?? "rprivate";
  if (!PROPAGATIONS.includes(propagation)) throw refuse(`invalid propagation mode: ${propagation}`);
  const mounted = bind(path, target, readonly, propagation, "");
  const isFlat = more.get("bind-nonrecursive") === "true" || more.get("bind-recursive") === "disabled";
  if (!isFlat) return mounted;
  const options = ["bind", propagation, ...(readonly ? ["ro"] : [])];
  return { ...mounted, mount: { ...mounted.mount, options } };
}

function tmpfsOf({ source, target, readonly, more }: Fields, text: string, refuse: (reason: string) => Error): Mounted {
  if (source !== "") throw refuse("field Source must not be specified");
  const size = more.get("tmpfs-size");
  const mode = more.get("tmpfs-mode");
  if (mode !== undefined && !/^[0-7]+$/.test(mode))
    throw invalidArgument("mount", text, `invalid value for tmpfs-mode: ${mode}`);
  const words = [
    ...(size === undefined ? [] : [`size=${parseSizeBytes(size)}`]),
    ...(mode === undefined ? [] : [`mode=${mode}`]),
    ...(readonly ? ["ro"] : []),
  ];
  return tmpfs(target, words);
}
