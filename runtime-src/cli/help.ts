import type { Flag } from "./flags.ts";
import type { Verb } from "./runtime.ts";

const COMMANDS: readonly (readonly [name: string, summary: string])[] = [
  ["run", "Create and run a new container from an image"],
  ["exec", "Execute a command in a running container"],
  ["ps", "List containers"],
  ["images", "List images"],
  ["create", "Create a new container"],
  ["start", "Start one or more stopped containers"],
  ["stop", "Stop one or more running containers"],
  ["kill", "Kill one or more running containers"],
  ["rm", "Remove one or more containers"],
  ["wait", "Block until one or more containers stop, then print their exit codes"],
  ["pause", "Pause all processes within one or more containers"],
  ["unpause", "Unpause all processes within one or more containers"],
  ["update", "Update configuration of one or more containers"],
  ["build", "Build an image from a Containerfile"],
  ["load", "Load an image from a tar archive or STDIN"],
  ["save", "Save one or more images to a tar archive"],
  ["tag", "Create a tag that refers to an image"],
  ["rmi", "Remove one or more images"],
  ["history", "Show the history of an image"],
  ["commit", "Create a new image from a container's changes"],
  ["diff", "Inspect changes to files on a container's filesystem"],
  ["cp", "Copy files between a container and the local filesystem"],
  ["export", "Export a container's filesystem as a tar archive"],
  ["import", "Import a tarball to create a filesystem image"],
  ["network", "Manage networks"],
  ["port", "List port mappings or a specific mapping for the container"],
  ["logs", "Fetch the logs of a container"],
  ["inspect", "Return low-level information on containers and images"],
  ["top", "Display the running processes of a container"],
  ["stats", "Display container resource usage statistics"],
  ["version", "Show the version information"],
];

export function help(program: string): string {
  const lines = COMMANDS.map(([name, summary]) => `  ${name.padEnd(9)} ${summary}`);
  return [
    `Usage:  ${program} COMMAND`,
    "",
    "A container runtime whose every step can be seen",
    "",
    "Commands:",
    ...lines,
    "",
    `Run '${program} COMMAND --help' for more information on a command.`,
    "",
  ].join("\n");
}

export function verbHelp(program: string, { usage, summary, flags = [] }: Verb): string {
  const label = ({ short, name, kind }: Flag) =>
    `${short ? `-${short}, ` : "    "}--${name}${kind === "bool" ? "" : kind === "list" ? " list" : " string"}`;
  const known = flags.filter(({ refused }) => refused === undefined);
  const width = Math.max(0, ...known.map((flag) => label(flag).length));
  const options = known.map((flag) => `  ${label(flag).padEnd(width)}   ${flag.help}`);
  const rest = options.length > 0 ? ["", "Options:", ...options] : [];
  return [`Usage:  ${program} ${usage}`, "", summary, ...rest, ""].join("\n");
}
