/**
 * The root of a docker container in a user namespace (user_namespaces(7), --userns private): an image's files belong to
 * ids that are nobody inside, so its layers are copied once for each range of ids, with the ids moved into it, as docker's
 * userns-remap does. 9p has no idmapped mounts, with which that would be no copy.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, lchownSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { CLONE_NEWUSER } from "../linux/constants.ts";
import type { CreateContext } from "./create-context.ts";
import { lockFolder } from "./lock-folder.ts";
import type { Paths } from "./paths.ts";
import { initLayer } from "./shared-folders.ts";
import type { ContainerSpec } from "./spec.ts";

const SET_ID_BITS = 0o6000;

export const hasMappedRoot = ({ kind, namespaces }: ContainerSpec): boolean =>
  kind === "docker" && (namespaces & CLONE_NEWUSER) !== 0;

/** What id 0 inside is outside. */
const firstId = ({ uidMappings }: ContainerSpec): number => uidMappings[0]?.hostId ?? 0;

const mappedLayer = ({ lib }: Paths, spec: ContainerSpec, layer: string): string =>
  `${lib}/mapped/${firstId(spec)}/${layer.replace(/^\//, "").replaceAll("/", "-")}`;

/** In place of the image's own and of docker's "init" layer. */
export const mappedLayers = (paths: Paths, spec: ContainerSpec) => ({
  layers: spec.layers.map((layer) => mappedLayer(paths, spec, layer)),
  initLayer: mappedLayer(paths, spec, initLayer(paths)),
});

function moveIds(path: string, first: number): void {
  const { uid, gid, mode } = lstatSync(path);
  lchownSync(path, uid + first, gid + first);
  // a change of owner takes them away
  if ((mode & SET_ID_BITS) !== 0) chmodSync(path, mode & 0o7777);
}

function moveTree(folder: string, first: number): void {
  moveIds(folder, first);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) moveTree(path, first);
    else if (lstatSync(path).uid < first) moveIds(path, first); // a hard link is one file
  }
}

function copyLayer(layer: string, target: string, first: number): void {
  const half = `${target}.new`;
  rmSync(half, { recursive: true, force: true });
  try {
    const { status, stderr } = spawnSync("cp", ["-a", "--", layer, half], { encoding: "utf8" });
    if (status !== 0) throw new Error(`cp(1) of ${layer} for its user namespace: ${stderr.trim()}`);
    moveTree(half, first);
    renameSync(half, target);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    throw error;
  }
}

/** The layers with their ids moved, made where they are missing, and what is the container's own given to its root. */
export function prepareMappedRoot({ host, state, stateFolder, diskFolder }: CreateContext): void {
  const { spec } = state;
  const first = firstId(spec);
  const folder = `${host.paths.lib}/mapped/${first}`;
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const lock = lockFolder(host.linux, folder);
  try {
    for (const layer of [...spec.layers, initLayer(host.paths)]) {
      const target = mappedLayer(host.paths, spec, layer);
      if (!existsSync(target)) copyLayer(layer, target, first);
    }
  } finally {
    host.linux.close(lock);
  }
  for (const file of ["hosts", "hostname", "resolv.conf"]) lchownSync(`${stateFolder}/${file}`, first, first);
  for (const folder of ["upper", "work"]) lchownSync(`${diskFolder}/${folder}`, first, first);
}
