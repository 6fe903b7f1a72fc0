/** Whether the process that keeps a container lives: it holds a lock (flock(2)) as long as it does, see state.ts. */
import type { Host } from "./host.ts";
import { supervisorLock } from "./state.ts";

/** A folder that just goes away is not kept any more. */
export const isSupervised = ({ linux, paths }: Host, id: string): boolean => linux.isLocked(supervisorLock(paths, id));
