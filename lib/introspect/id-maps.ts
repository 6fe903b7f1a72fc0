/**
 * uid_map and gid_map of a user namespace (struct uid_gid_map in include/linux/user_namespace.h): up to five extents
 * inside the structure, more in an array of their own. `outside` is the ID in the initial user namespace, as a reader
 * there sees it in /proc/PID/uid_map (user_namespaces(7)).
 */
import type { IdMapExtent } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

export class IdMapReader {
  private readonly fields;

  constructor(layout: KernelLayout) {
    this.fields = fieldsOf(layout, {
      count: "uid_gid_map.nr_extents",
      extent: "uid_gid_map.extent",
      forward: "uid_gid_map.forward",
      first: "uid_gid_extent.first",
      lowerFirst: "uid_gid_extent.lower_first",
      length: "uid_gid_extent.count",
      extentSize: "sizeof(uid_gid_extent)",
      maxInside: "UID_GID_MAP_MAX_BASE_EXTENTS",
      maxExtents: "UID_GID_MAP_MAX_EXTENTS",
    });
  }

  /** Null where the map is not credible. */
  read(memory: GuestMemory, map: number): IdMapExtent[] | null {
    const { fields } = this;
    const count = memory.u32(map + fields.count);
    if (count > fields.maxExtents) return null;
    const array = count <= fields.maxInside ? map + fields.extent : memory.pointer(map + fields.forward);
    if (array === 0) return null;
    const extents: IdMapExtent[] = [];
    for (let index = 0; index < count; index++) {
      const extent = array + index * fields.extentSize;
      extents.push({
        inside: memory.u32(extent + fields.first),
        outside: memory.u32(extent + fields.lowerFirst),
        count: memory.u32(extent + fields.length),
      });
    }
    return extents;
  }
}
