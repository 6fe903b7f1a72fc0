/** What spawn's options mean for execve: argv, envp, folder, shell. */
import { pathText } from "./fs-arguments.ts";
import { process } from "./process-object.ts";

interface Options {
  cwd?: string | URL;
  env?: Record<string, string | undefined>;
  argv0?: string;
  shell?: boolean | string;
}

export interface SpawnArguments {
  readonly command: string;
  readonly argv: string[];
  readonly envp: string[];
  readonly cwd: string | null;
}

export function spawnArguments(file: string, args: readonly string[], options: Options): SpawnArguments {
  if (typeof file !== "string" || file === "") {
    const got = file === "" ? "''" : file === undefined ? "undefined" : String(file);
    const message =
      file === ""
        ? `The argument 'file' cannot be empty. Received ${got}`
        : `The "file" argument must be of type string. Received ${got}`;
    throw Object.assign(new TypeError(message), {
      code: file === "" ? "ERR_INVALID_ARG_VALUE" : "ERR_INVALID_ARG_TYPE",
    });
  }
  const env = options.env ?? process.env;
  const envp = Object.entries(env)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`);
  const cwd = options.cwd === undefined || options.cwd === null ? null : pathText(options.cwd);
  if (options.shell) {
    const shell = typeof options.shell === "string" ? options.shell : "/bin/sh";
    return { command: shell, argv: [options.argv0 ?? shell, "-c", [file, ...args].join(" ")], envp, cwd };
  }
  return { command: file, argv: [options.argv0 ?? file, ...args.map(String)], envp, cwd };
}
