/** `root` and `mounts` of config.json (config.md, "Root" and "Mounts"). Paths become absolute here. */
import { existsSync, realpathSync, statSync } from "node:fs";
import type { MountSpec } from "../container/spec.ts";
import type { Field } from "./config-field.ts";
import { parseIdMappings } from "./config-linux.ts";

const inBundle = (bundle: string, path: string): string => (path.startsWith("/") ? path : `${bundle}/${path}`);

export function parseRoot(root: Field, bundle: string): { readonly rootPath: string; readonly rootReadonly: boolean } {
  if (!root.object()) return root.fail("is required: the container's root file system");
  const field = root.at("path");
  const path = inBundle(bundle, field.text());
  if (!existsSync(path)) return field.fail(`${path}: no such folder`);
  if (!statSync(path).isDirectory()) return field.fail(`${path}: not a folder`);
  const rootPath = realpathSync(path);
  if (rootPath === "/") return field.fail("/ is the host's own root");
  return { rootPath, rootReadonly: root.at("readonly").bool() };
}

function mount(entry: Field, bundle: string): MountSpec {
  const options = entry.at("options").texts();
  const isBind = entry.at("type").value === "bind" || options.includes("bind") || options.includes("rbind");
  const type = isBind ? "bind" : entry.at("type").text();
  const destination = entry.at("destination").absolutePath();
  if (isBind && destination === "/") entry.at("destination").fail("/ is the root itself: use root.path");
  const source = entry.at("source");
  const path = isBind ? inBundle(bundle, source.text()) : source.textOr(type);
  if (isBind && !existsSync(path)) source.fail(`${path}: no such file or directory`);
  const maps = {
    uidMappings: parseIdMappings(entry.at("uidMappings")),
    gidMappings: parseIdMappings(entry.at("gidMappings")),
  };
  const mapped = maps.uidMappings.length + maps.gidMappings.length > 0;
  if (mapped && !isBind) entry.at("uidMappings").fail("is for bind mounts: this kernel maps ids of existing trees");
  if (mapped && (maps.uidMappings.length === 0 || maps.gidMappings.length === 0)) {
    entry
      .at(maps.uidMappings.length === 0 ? "uidMappings" : "gidMappings")
      .fail("is required where the other is given");
  }
  const word = mapped && !options.includes("idmap") && !options.includes("ridmap") ? ["idmap"] : [];
  return {
    destination,
    type,
    source: path,
    options: [...options, ...(isBind && !hasBind(options) ? ["bind"] : []), ...word],
    ...maps,
  };
}

const hasBind = (options: readonly string[]): boolean => options.includes("bind") || options.includes("rbind");

export const parseMounts = (mounts: Field, bundle: string): MountSpec[] =>
  mounts.list().map((entry) => mount(entry, bundle));
