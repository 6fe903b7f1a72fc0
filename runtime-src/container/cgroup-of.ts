/** The folder of a container's cgroup: below our own, or where --cgroup-parent has put it. */
import type { Host } from "./host.ts";
import { newCgroupFolder } from "./paths.ts";
import type { ContainerState } from "./state.ts";

/** What it takes to know the cgroup. */
export interface CgroupOwner extends Pick<ContainerState, "id"> {
  readonly spec: Pick<ContainerState["spec"], "cgroupsPath">;
}

export const cgroupOf = ({ paths }: Pick<Host, "paths">, { id, spec }: CgroupOwner): string =>
  newCgroupFolder(paths, id, spec.cgroupsPath);
