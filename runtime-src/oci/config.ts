/**
 * config.json of a bundle (runtime-spec config.md and config-linux.md, 1.0.2 and what of 1.1 and 1.2 this kernel can do)
 * as a ContainerSpec. Everything that can be wrong with it is found here, before anything is made, and said with its JSON
 * path; what cannot be done is refused, never passed over.
 */
import { readFileSync } from "node:fs";
import type { ContainerSpec } from "../container/spec.ts";
import { CLONE_NEWUTS } from "../linux/constants.ts";
import { ConfigError, Field } from "./config-field.ts";
import {
  type Namespaces,
  parseDevices,
  parseNamespaces,
  parsePersonality,
  parsePropagation,
  parseSysctls,
  parseTimeOffsets,
  parseUserMaps,
} from "./config-linux.ts";
import { parseMounts, parseRoot } from "./config-mounts.ts";
import { parseProcess } from "./config-process.ts";
import { parseDeviceRules, parseResources } from "./config-resources.ts";
import { parseSeccomp } from "./config-seccomp.ts";
import { HOOK_KINDS, type Hook, type Hooks } from "./hooks.ts";
import { OCI_VERSION, OCI_VERSION_MIN } from "./version.ts";

function hook(entry: Field): Hook {
  const env = entry.at("env");
  return {
    path: entry.at("path").absolutePath(),
    args: entry.at("args").texts(),
    env: env.isAbsent ? null : env.texts(),
    timeoutSeconds: entry.at("timeout").integerOr(null, 1),
  };
}

function parseHooks(hooks: Field): Hooks | null {
  if (!hooks.object()) return null;
  return Object.fromEntries(HOOK_KINDS.map((kind) => [kind, hooks.at(kind).list().map(hook)])) as Record<
    (typeof HOOK_KINDS)[number],
    Hook[]
  >;
}

function parseAnnotations(field: Field): Record<string, string> {
  return Object.fromEntries(
    field.entries().map(([name, value]) => {
      if (name === "") value.fail("must have a name");
      return [name, value.text()];
    }),
  );
}

/** A name can be set only where it is the container's own. */
function utsName(field: Field, { namespaces, joins }: Namespaces): string {
  const name = field.textOr("");
  const isOwn = (namespaces & CLONE_NEWUTS) !== 0 || joins.some(({ type }) => type === CLONE_NEWUTS);
  if (name !== "" && !isOwn) field.fail('needs { "type": "uts" } among linux.namespaces: it would be the host\'s');
  if (name.length > 64) field.fail("must be at most 64 bytes long");
  return name;
}

function checkVersion(field: Field): void {
  const version = field.text();
  if (!/^\d+\.\d+\.\d+(?:-[\w.+-]+)?(?:\+[\w.-]+)?$/.test(version))
    field.fail(`must be a semantic version, is "${version}"`);
  if (!version.startsWith("1.")) field.fail(`"${version}" is not supported: ${OCI_VERSION_MIN} to ${OCI_VERSION} are`);
}

function cgroupsPath(field: Field, id: string, own: string): string {
  const path = field.textOr("");
  if (path.split("/").includes("..")) field.fail(`must not lead out of the cgroup tree, is "${path}"`);
  if (path === "") return `${own}/${id}`;
  const clean = `/${path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/")}`;
  if (clean === "/") field.fail("/ is the root cgroup, which cannot be limited");
  return path.startsWith("/") ? clean : `${own}${clean}`;
}

function parseLinux(config: Field, id: string, ownCgroup: string) {
  const linux = config.at("linux");
  if (!linux.object()) return linux.fail("is required");
  linux.at("intelRdt").refuse("this machine has no Intel RDT");
  linux.at("mountLabel").refuse("this kernel has no SELinux");
  const own = parseNamespaces(linux.at("namespaces"));
  const seccomp = linux.at("seccomp");
  return {
    ...own,
    ...parseUserMaps(linux, own),
    timeOffsets: parseTimeOffsets(linux.at("timeOffsets"), own),
    rootfsPropagation: parsePropagation(linux.at("rootfsPropagation")),
    devices: parseDevices(linux.at("devices")),
    cgroupsPath: cgroupsPath(linux.at("cgroupsPath"), id, ownCgroup),
    resources: parseResources(linux.at("resources")),
    deviceRules: parseDeviceRules(linux.at("resources").at("devices")),
    seccomp: seccomp.object() ? parseSeccomp(seccomp) : ("unconfined" as const),
    maskedPaths: linux
      .at("maskedPaths")
      .list()
      .map((path) => path.absolutePath()),
    readonlyPaths: linux
      .at("readonlyPaths")
      .list()
      .map((path) => path.absolutePath()),
    sysctls: parseSysctls(linux.at("sysctl"), own),
    personality: parsePersonality(linux.at("personality")),
    hostname: utsName(config.at("hostname"), own),
    domainname: utsName(config.at("domainname"), own),
  };
}

export interface BundlePlace {
  /** Absolute. */
  readonly bundle: string;
  readonly id: string;
  /** Below the cgroup2 mount, for a bundle that names no cgroup or a relative one. */
  readonly ownCgroup: string;
}

export function parseConfig(text: string, { bundle, id, ownCgroup }: BundlePlace): ContainerSpec {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError("config.json", `is no JSON: ${(error as Error).message}`);
  }
  const config = new Field("", value);
  if (!config.object()) throw new ConfigError("config.json", "must be an object");
  checkVersion(config.at("ociVersion"));
  return {
    kind: "bundle",
    ...parseRoot(config.at("root"), bundle),
    process: parseProcess(config.at("process")),
    mounts: parseMounts(config.at("mounts"), bundle),
    ...parseLinux(config, id, ownCgroup),
    hooks: parseHooks(config.at("hooks")),
    annotations: parseAnnotations(config.at("annotations")),
    layers: [],
    extraHosts: [],
    privileged: false,
    shmSizeBytes: 0,
    init: false,
  };
}

export function readConfig(place: BundlePlace): ContainerSpec {
  const file = `${place.bundle}/config.json`;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(
      `${file}: ${(error as NodeJS.ErrnoException).code}; a bundle is a folder with config.json and a root`,
      { cause: error },
    );
  }
  return parseConfig(text, place);
}
