/**
 * Making a container: its name, its folders, its files. No process yet, no cgroup; start-steps.ts goes on from here.
 * Each step that makes something has the step that takes it away.
 */
import { existsSync, mkdirSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { LOCK_EX, LOCK_NB, O_CLOEXEC, O_CREAT, O_RDWR } from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import type { CreateContext } from "./create-context.ts";
import { ensureVolume } from "./create-volume.ts";
import { writeEtcFiles } from "./etc-files.ts";
import { type Host, isErrno } from "./host.ts";
import { lockFolder } from "./lock-folder.ts";
import { hasMappedRoot, mappedLayers, prepareMappedRoot } from "./mapped-root.ts";
import { cgroupLink, stateFolder } from "./paths.ts";
import { removeVolume } from "./remove-volume.ts";
import { makeSharedFolders } from "./shared-folders.ts";
import {
  type ContainerState,
  idOfName,
  type MountPoint,
  makeRunFolders,
  nameLink,
  stateFile,
  supervisorLock,
  unlinkIfThere,
} from "./state.ts";
import type { Step } from "./steps.ts";
import { isSupervised } from "./supervised.ts";
import { volumeData } from "./volumes.ts";

export const createSteps: readonly Step<CreateContext>[] = [
  {
    // The lock tells everybody else that somebody still looks after this container.
    name: "make-state-folder",
    part: null,
    syscall: "mkdir",
    args: ({ stateFolder }) => [stateFolder],
    source: sourceHere(),
    run: (c) => {
      makeStateFolder(c);
      try {
        takeSupervisorLock(c);
        if (c.state.spec.cgroupsPath !== null) symlinkSync(c.cgroupFolder, cgroupLink(c.host.paths, c.state.id));
      } catch (error) {
        rmSync(c.stateFolder, { recursive: true, force: true });
        throw error;
      }
    },
    undo: (c) => {
      rmSync(c.stateFolder, { recursive: true, force: true });
      c.host.linux.close(c.lock);
    },
  },
  {
    // After the folder: a name whose container has no folder is what a killed creation left.
    name: "claim-name",
    part: null,
    syscall: "symlink",
    args: ({ state }) => [state.id.slice(0, 12), `/run/box/names/${state.name}`],
    source: sourceHere(),
    run: ({ host, state }) => claimName(host, state.id, state.name),
    undo: ({ host, state }) => unlinkSync(nameLink(host.paths, state.name)),
  },
  {
    name: "write-etc-files",
    part: "filesystem",
    syscall: "write",
    args: ({ stateFolder }) => [`${stateFolder}/hosts`, "hostname", "resolv.conf"],
    source: sourceHere(),
    run: ({ stateFolder, state }) => writeEtcFiles(stateFolder, state),
  },
  {
    // New ones take over what the image has at their place.
    name: "make-volumes",
    part: "filesystem",
    syscall: "mkdir",
    args: ({ host, state }) => namedVolumes(state).map(({ name }) => volumeData(host.paths, name)),
    source: sourceHere(),
    when: ({ state }) => namedVolumes(state).length > 0,
    run: (c) => {
      try {
        makeVolumes(c);
      } catch (error) {
        removeMadeVolumes(c);
        throw error;
      }
    },
    undo: removeMadeVolumes,
  },
  {
    // Upper layer and overlayfs' work folder: on a disk, so that what a container writes is not its memory.
    name: "prepare-rootfs",
    part: "filesystem",
    syscall: "mkdir",
    args: ({ diskFolder }) => [`${diskFolder}/upper`, "work"],
    source: sourceHere(),
    run: (c) => {
      try {
        prepareDisk(c);
      } catch (error) {
        rmSync(c.diskFolder, { recursive: true, force: true });
        throw error;
      }
    },
    undo: ({ diskFolder }) => rmSync(diskFolder, { recursive: true, force: true }),
  },
  {
    // Root inside is another user outside: files must be that user's to be root's in there.
    name: "map-root",
    part: "filesystem",
    syscall: "lchown",
    args: ({ host, state }) => mappedLayers(host.paths, state.spec).layers,
    source: sourceHere(),
    when: ({ state }) => hasMappedRoot(state.spec),
    run: prepareMappedRoot,
  },
];

type NamedVolume = MountPoint & { readonly name: string };

const namedVolumes = ({ mountPoints = [] }: ContainerState): NamedVolume[] =>
  mountPoints.filter((mount): mount is NamedVolume => mount.type === "volume" && mount.name !== undefined);

function makeVolumes({ host, state, madeVolumes }: CreateContext): void {
  for (const { name, anonymous = false, destination, copies = true } of namedVolumes(state)) {
    const fill = copies ? { layers: state.spec.layers, path: destination } : null;
    const volume = { name, createdMs: Date.now(), labels: {}, anonymous };
    if (ensureVolume(host, volume, fill)) madeVolumes.push(name);
  }
}

function removeMadeVolumes({ host, madeVolumes }: CreateContext): void {
  for (const name of madeVolumes.splice(0)) removeVolume(host, name);
}

export function takeSupervisorLock(c: CreateContext): void {
  const { linux, paths } = c.host;
  c.lock = linux.open(supervisorLock(paths, c.state.id), O_RDWR | O_CREAT | O_CLOEXEC, 0o600);
  linux.flock(c.lock, LOCK_EX | LOCK_NB);
}

function makeStateFolder({ stateFolder }: CreateContext): void {
  try {
    mkdirSync(stateFolder, 0o711);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    mkdirSync(stateFolder, { recursive: true, mode: 0o711 });
  }
}

export function claimName(host: Host, id: string, name: string): void {
  const link = nameLink(host.paths, name);
  try {
    symlinkSync(id, link);
  } catch (error) {
    if (isErrno(error, "ENOENT")) {
      makeRunFolders(host.paths);
      symlinkSync(id, link);
      return;
    }
    if (!isErrno(error, "EEXIST")) throw error;
    takeStaleName(host, id, name, error);
  }
}

/** Made, or being made. What is neither is left of one whose making or removal was cut short. */
const isContainer = (host: Host, id: string): boolean =>
  existsSync(stateFolder(host.paths, id)) && (existsSync(stateFile(host.paths, id)) || isSupervised(host, id));

/** One at a time may take over the name of a container that is no more. */
function takeStaleName(host: Host, id: string, name: string, cause: unknown): void {
  const { linux, paths } = host;
  const lock = lockFolder(linux, `${paths.run}/names`);
  try {
    const owner = idOfName(paths, name);
    if (owner !== null && isContainer(host, owner)) throw new NameTaken(name, owner, cause);
    unlinkIfThere(nameLink(paths, name));
    symlinkSync(id, nameLink(paths, name));
  } finally {
    linux.close(lock);
  }
}

export class NameTaken extends Error {
  constructor(name: string, owner: string, cause: unknown) {
    const words = `The container name "/${name}" is already in use by container "${owner}".`;
    super(`Conflict. ${words} You have to remove (or rename) that container to be able to reuse that name.`, { cause });
  }
}

function prepareDisk({ host, diskFolder }: CreateContext): void {
  try {
    mkdirSync(diskFolder, 0o711);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    makeSharedFolders(host.paths);
    mkdirSync(diskFolder, 0o711);
  }
  mkdirSync(`${diskFolder}/upper`, 0o755);
  mkdirSync(`${diskFolder}/work`, 0o700);
}
