/** node:fs: synchronous, callback and promise forms, and streams. */
import * as callbacks from "./fs-callbacks.ts";
import * as promises from "./fs-promises.ts";
import * as streams from "./fs-streams.ts";
import * as sync from "./fs-sync.ts";

export * from "./fs-callbacks.ts";
export * from "./fs-streams.ts";
export * from "./fs-sync.ts";
export { promises };
export default { ...sync, ...callbacks, ...streams, promises };
