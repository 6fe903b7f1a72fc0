/**
 * Taking a container away, whoever does it (its supervisor with --rm, `box rm`, a recovery): what create and start made,
 * in reverse. Every step is content with finding nothing, so a removal that was cut short is simply done again.
 */
import { rmdirSync, rmSync, unlinkSync } from "node:fs";
import { cgroupPids, killCgroup, tryRemoveCgroup } from "../cgroups/container-cgroup.ts";
import { sourceHere } from "../linux/source-position.ts";
import { giveBack, sweep } from "../network/endpoint.ts";
import type { NetworkSettings } from "../network/settings.ts";
import { type Host, isErrno } from "./host.ts";
import { cgroupFolder, diskFolder, stateFolder } from "./paths.ts";
import { removeVolume } from "./remove-volume.ts";
import { type ContainerState, idOfName, nameLink, namesOf, stateFile, unlinkIfThere } from "./state.ts";
import type { Step } from "./steps.ts";
import { volumeFolder } from "./volumes.ts";

export interface DeleteContext {
  readonly host: Host;
  readonly id: string;
  /** "" where the state that says it is gone. */
  readonly name: string;
  /** What it has of networks; left out: look for it. */
  readonly network?: Pick<NetworkSettings, "endpoints" | "ports">;
  /** Volumes that go with it. */
  readonly volumes?: readonly string[];
}

/** Those that were made for this container alone; --rm and `rm -v` take them along. */
export const anonymousVolumes = (state: ContainerState | null): string[] =>
  (state?.mountPoints ?? []).flatMap(({ anonymous, name }) => (anonymous && name !== undefined ? [name] : []));

export const deleteSteps: readonly Step<DeleteContext>[] = [
  {
    name: "leave-networks",
    part: "namespaces",
    syscall: "sendmsg",
    args: ({ network }) => ["RTM_DELLINK", ...(network?.endpoints.map(({ veth }) => veth) ?? [])],
    source: sourceHere(),
    when: ({ network }) => network === undefined || network.endpoints.length > 0,
    run: ({ host, id, network }) => {
      if (network) giveBack(host, network.endpoints, network.ports);
      else sweep(host, id);
    },
  },
  {
    name: "remove-cgroup",
    part: "cgroup",
    syscall: "rmdir",
    args: ({ host, id }) => [cgroupFolder(host.paths, id)],
    source: sourceHere(),
    run: ({ host, id }) => emptyAndRemove(host, cgroupFolder(host.paths, id)),
  },
  {
    name: "remove-rootfs",
    part: "filesystem",
    syscall: "unlinkat",
    args: ({ host, id }) => [diskFolder(host.paths, id)],
    source: sourceHere(),
    run: ({ host, id }) => removeFolder(diskFolder(host.paths, id), [], ["work/work", "work", "upper"]),
  },
  {
    name: "remove-volumes",
    part: "filesystem",
    syscall: "unlinkat",
    args: ({ host, volumes }) => (volumes ?? []).map((name) => volumeFolder(host.paths, name)),
    source: sourceHere(),
    when: ({ volumes }) => volumes !== undefined && volumes.length > 0,
    run: ({ host, volumes }) => {
      for (const name of volumes ?? []) removeVolume(host, name);
    },
  },
  {
    // Nobody needs it any more to do the removal again: what is left counts as a container that was never made, which
    // whoever looks next takes away. A container without its name would be nameless.
    name: "forget-state",
    part: null,
    syscall: "unlink",
    args: ({ host, id }) => [stateFile(host.paths, id)],
    source: sourceHere(),
    run: ({ host, id }) => unlinkIfThere(stateFile(host.paths, id)),
  },
  {
    name: "release-name",
    part: null,
    syscall: "unlink",
    args: ({ host, name }) => [nameLink(host.paths, name)],
    source: sourceHere(),
    run: ({ host, id, name }) => {
      for (const own of name === "" ? namesOf(host.paths, id) : [name])
        if (idOfName(host.paths, own) === id) unlinkIfThere(nameLink(host.paths, own));
    },
  },
  {
    name: "remove-state",
    part: null,
    syscall: "unlinkat",
    args: ({ host, id }) => [stateFolder(host.paths, id)],
    source: sourceHere(),
    run: ({ host, id }) =>
      removeFolder(stateFolder(host.paths, id), ["resolv.conf", "hostname", "hosts", "supervisor"], []),
  },
];

/** A folder that holds what it held when it was new goes without being read; any other is walked. */
function removeFolder(folder: string, files: readonly string[], folders: readonly string[]): void {
  try {
    for (const file of files) unlinkSync(`${folder}/${file}`);
    for (const inner of folders) rmdirSync(`${folder}/${inner}`);
    rmdirSync(folder);
  } catch {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ATTEMPTS = 200;

/** A killed process leaves its cgroup when the kernel gets to it; until then rmdir(2) says EBUSY. */
export function emptyAndRemove(host: Host, folder: string): void {
  if (tryRemoveCgroup(folder)) return;
  try {
    killCgroup(host, folder);
  } catch (error) {
    if (!isErrno(error, "ENOENT", "ENODEV")) throw error;
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (tryRemoveCgroup(folder)) return;
    host.linux.sleep(5);
  }
  throw new Error(`rmdir(2) ${folder}: EBUSY; still in it: ${cgroupPids(folder).join(" ")}`);
}
