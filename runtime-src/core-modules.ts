/**
 * What is in the `box` binary, besides what it starts with: modules that are reached by a dynamic import and that the first
 * minute of a visit needs. The guest keeps the whole binary in its page cache, so each name here costs every visitor bytes
 * before the prompt; what is not here is downloaded with verbs.bin when first used (engine/rare_modules.c).
 * e2e/guest/image-cached.test.ts runs the first minute without that file.
 */

/** Loaded by the resident before it forks: what it holds costs memory, and each fork the pages that map it. */
export const READY_VERBS: readonly string[] = ["exec", "ps", "rm", "run"];

/** Verb NAME is cli/NAME.ts. */
const CORE_VERBS: readonly string[] = [...READY_VERBS, "images", "logs", "stop"];

/** Paths below runtime-src. */
export const CORE_MODULES: readonly string[] = ["agent/agent.ts", ...CORE_VERBS.map((verb) => `cli/${verb}.ts`)];
