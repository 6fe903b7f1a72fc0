/**
 * Which namespaces a container makes, which it shares with the machine ("host") and which with another container
 * ("container:NAME"). --userns private[:FIRST[:COUNT]] makes a user namespace whose ids 0 to COUNT are FIRST to FIRST+COUNT
 * outside (docker's daemon has that as userns-remap; here it is a choice of each container).
 */
import type { ContainerSpec, IdMapping, NamespaceJoin } from "../container/spec.ts";
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from "../linux/constants.ts";
import { sharedWith } from "../network/settings.ts";
import { requireContainer } from "./each-container.ts";
import type { ParsedFlags } from "./flags.ts";
import { CommandError, type Runtime } from "./runtime.ts";

const FIRST_ID = 100_000;
const ID_COUNT = 65_536;

export type Namespaces = Pick<ContainerSpec, "namespaces" | "joins" | "uidMappings" | "gidMappings">;

const CONTAINER = "container:";

export function namespacesOf(runtime: Runtime, flags: ParsedFlags, networkMode: string): Namespaces {
  const joins: NamespaceJoin[] = [];
  let set = CLONE_NEWNS;
  const make = (
    flag: string,
    type: number,
    otherwise: "host" | "private",
    words: readonly string[],
    joinable = false,
  ) => {
    const value = flags.text(flag) || otherwise;
    if (joinable && value.startsWith(CONTAINER)) {
      const { id } = requireContainer(runtime, value.slice(CONTAINER.length));
      joins.push({ type, path: `${CONTAINER}${id}` });
    } else if (value === "private" || (value === "shareable" && words.includes(value))) set |= type;
    else if (value !== "host") {
      const known = ["private", "host", ...words].join(", ");
      throw new Error(`--${flag}: invalid mode "${value}": use ${known}`);
    }
  };
  make("pid", CLONE_NEWPID, "private", ["container:NAME"], true);
  make("uts", CLONE_NEWUTS, "private", []);
  make("ipc", CLONE_NEWIPC, "private", ["shareable", "container:NAME"], true);
  make("cgroupns", CLONE_NEWCGROUP, flags.bool("privileged") ? "host" : "private", []);
  make("time", CLONE_NEWTIME, "host", []);
  if (sharedWith(networkMode) !== null) joins.push({ type: CLONE_NEWNET, path: networkMode });
  else if (networkMode !== "host") set |= CLONE_NEWNET;
  const mappings = idMappings(flags.text("userns") || "host");
  if (mappings.length > 0) {
    if (flags.bool("privileged")) {
      throw new CommandError(
        "privileged mode is incompatible with user namespaces. You must run the container with --userns=host",
      );
    }
    set |= CLONE_NEWUSER;
  }
  return { namespaces: set, joins, uidMappings: mappings, gidMappings: mappings };
}

function idMappings(value: string): IdMapping[] {
  if (value === "host") return [];
  const match = /^private(?::(\d+)(?::(\d+))?)?$/.exec(value);
  if (!match) throw new Error(`--userns: invalid USER mode "${value}": use host or private[:FIRST-ID[:COUNT]]`);
  const [hostId, size] = [Number(match[1] ?? FIRST_ID), Number(match[2] ?? ID_COUNT)];
  if (size < 1 || hostId + size > 2 ** 32) throw new Error(`--userns: ids ${hostId} to ${hostId + size} are none`);
  return [{ containerId: 0, hostId, size }];
}
