/** `docker --help` and the help of each verb, as docker's client lays them out. */
import type { Flag } from "./flags.ts";
import type { Verb } from "./runtime.ts";

type Section = readonly (readonly [name: string, summary: string])[];

const COMMON: Section = [
  ["run", "Create and run a new container from an image"],
  ["exec", "Execute a command in a running container"],
  ["ps", "List containers"],
  ["build", "Build an image from a Containerfile"],
  ["images", "List images"],
  ["version", "Show the version information"],
  ["info", "Display system-wide information"],
];

const MANAGEMENT: Section = [
  ["container", "Manage containers"],
  ["image", "Manage images"],
  ["network", "Manage networks"],
  ["system", "Manage the runtime"],
  ["volume", "Manage volumes"],
  ["oci", "Run OCI bundles as runc does"],
];

const COMMANDS: Section = [
  ["attach", "Attach local standard input, output, and error streams to a running container"],
  ["commit", "Create a new image from a container's changes"],
  ["cp", "Copy files/folders between a container and the local filesystem"],
  ["create", "Create a new container"],
  ["diff", "Inspect changes to files or directories on a container's filesystem"],
  ["events", "Get real time events from the runtime"],
  ["export", "Export a container's filesystem as a tar archive"],
  ["history", "Show the history of an image"],
  ["import", "Import the contents from a tarball to create a filesystem image"],
  ["inspect", "Return low-level information on containers, images, networks and volumes"],
  ["kill", "Kill one or more running containers"],
  ["load", "Load an image from a tar archive or STDIN"],
  ["logs", "Fetch the logs of a container"],
  ["pause", "Pause all processes within one or more containers"],
  ["port", "List port mappings or a specific mapping for the container"],
  ["pull", "Get an image that came with the machine; no registry can be reached"],
  ["rename", "Rename a container"],
  ["restart", "Restart one or more containers"],
  ["rm", "Remove one or more containers"],
  ["rmi", "Remove one or more images"],
  ["save", "Save one or more images to a tar archive"],
  ["start", "Start one or more stopped containers"],
  ["stats", "Display a live stream of container(s) resource usage statistics"],
  ["stop", "Stop one or more running containers"],
  ["tag", "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE"],
  ["top", "Display the running processes of a container"],
  ["unpause", "Unpause all processes within one or more containers"],
  ["update", "Update configuration of one or more containers"],
  ["wait", "Block until one or more containers stop, then print their exit codes"],
];

const section = (title: string, entries: Section): string[] => [
  `${title}:`,
  ...entries.map(([name, summary]) => `  ${name.padEnd(11)} ${summary}`),
  "",
];

export function help(program: string): string {
  return [
    `Usage:  ${program} [OPTIONS] COMMAND`,
    "",
    "A container runtime whose every step can be seen",
    "",
    ...section("Common Commands", COMMON),
    ...section("Management Commands", MANAGEMENT),
    ...section("Commands", COMMANDS),
    `Run '${program} COMMAND --help' for more information on a command.`,
    "",
  ].join("\n");
}

export function verbHelp(program: string, { usage, summary, flags = [], aliases = [] }: Verb): string {
  const label = ({ short, name, kind }: Flag) =>
    `${short ? `-${short}, ` : "    "}--${name}${kind === "bool" ? "" : kind === "list" ? " list" : " string"}`;
  const known = flags.filter(({ refused }) => refused === undefined);
  const width = Math.max(0, ...known.map((flag) => label(flag).length));
  const options = known.map((flag) => `  ${label(flag).padEnd(width)}   ${flag.help}`);
  const first = usage.split(/ [[A-Z]/)[0] ?? "";
  const names = [...aliases, first].map((name) => `${program} ${name}`).join(", ");
  const others = aliases.length > 0 ? ["", "Aliases:", `  ${names}`] : [];
  const rest = options.length > 0 ? ["", "Options:", ...options] : [];
  return [`Usage:  ${program} ${usage}`, "", summary, ...others, ...rest, ""].join("\n");
}
