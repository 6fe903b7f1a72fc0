/** The folder of a container's cgroup: below our own, or where --cgroup-parent has put it. */
import type { Host } from "./host.ts";
import { newCgroupFolder } from "./paths.ts";
import type { ContainerState } from "./state.ts";

export const cgroupOf = ({ paths }: Pick<Host, "paths">, { id, spec }: Pick<ContainerState, "id" | "spec">): string =>
  newCgroupFolder(paths, id, spec.cgroupsPath);
