/** The public Node modules that the guest's `node` has, and the file of each. The build and `require` both read this. */
export const publicModules = [
  "assert",
  "buffer",
  "child_process",
  "console",
  "events",
  "fs",
  "fs/promises",
  "module",
  "net",
  "os",
  "path",
  "path/posix",
  "process",
  "readline",
  "stream",
  "string_decoder",
  "timers",
  "timers/promises",
  "tty",
  "url",
  "util",
] as const;

/** "fs/promises" -> "fs-promises.ts" */
export function fileOfModule(name: string): string {
  return `${name.replaceAll("/", "-").replaceAll("_", "-")}.ts`;
}

/** The embedded module behind "fs" or "node:fs", null when there is none. */
export function embeddedModule(specifier: string): string | null {
  const name = specifier.startsWith("node:") ? specifier.slice(5) : specifier;
  if (!(publicModules as readonly string[]).includes(name)) return null;
  return `node/${fileOfModule(name).replace(/\.ts$/, ".js")}`;
}
