import type { Demo } from "./demo.ts";
import { unshare } from "./unshare.ts";

export const DEMOS: Readonly<Record<string, Demo>> = { unshare };
