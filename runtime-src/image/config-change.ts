/**
 * Instructions that only change an image's config (docker's Dockerfile reference, image-spec config.md): for the builder
 * and for --change of commit and import. Throws what is wrong with one, without its place.
 */
import { parseSignal } from "../cli/signal-names.ts";
import type { Instruction } from "./containerfile.ts";
import type { Healthcheck, RunConfig } from "./types.ts";
import { type Environment, expandWord, splitWords } from "./words.ts";

const DEFAULT_SHELL = ["/bin/sh", "-c"];

export const CONFIG_KEYWORDS = [
  "CMD",
  "ENTRYPOINT",
  "ENV",
  "EXPOSE",
  "HEALTHCHECK",
  "LABEL",
  "MAINTAINER",
  "SHELL",
  "STOPSIGNAL",
  "USER",
  "VOLUME",
  "WORKDIR",
];

/** A command in JSON form, or through the shell. */
export const commandOf = ({ json, text }: Instruction, config: RunConfig): readonly string[] =>
  json ?? [...(config.Shell ?? DEFAULT_SHELL), text];

/** "a=b c='d e'", or "a b c" where `legacy` allows it: [a, "b c"]. */
export function pairsOf(keyword: string, text: string, env: Environment, mark: string): [string, string][] {
  const words = splitWords(text, mark);
  if (!words[0]?.includes("=")) {
    const match = /^(\S+)\s+([\s\S]+)$/.exec(text);
    if (!match) throw new Error(`${keyword} must have two arguments`);
    return [[expandWord(match[1] ?? "", env, mark), expandWord(match[2] ?? "", env, mark)]];
  }
  return words.map((word) => {
    const at = word.indexOf("=");
    if (at < 0) throw new Error(`Syntax error - can't find = in "${word}". Must be of the form: name=value`);
    if (at === 0) throw new Error(`${keyword} names can not be blank`);
    return [expandWord(word.slice(0, at), env, mark), expandWord(word.slice(at + 1), env, mark)];
  });
}

function withEnv(env: readonly string[], pairs: readonly [string, string][]): string[] {
  const list = [...env];
  for (const [name, value] of pairs) {
    const at = list.findIndex((entry) => entry.startsWith(`${name}=`));
    if (at < 0) list.push(`${name}=${value}`);
    else list[at] = `${name}=${value}`;
  }
  return list;
}

function portsOf(words: readonly string[]): Record<string, object> {
  const ports: Record<string, object> = {};
  for (const word of words) {
    const match = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/i.exec(word);
    const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (!match || first > last || last > 65_535) throw new Error(`invalid containerPort: ${word}`);
    for (let port = first; port <= last; port++) ports[`${port}/${(match[3] ?? "tcp").toLowerCase()}`] = {};
  }
  return ports;
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Go's time.ParseDuration, to nanoseconds. */
export function durationNs(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text) {
    throw new Error(`time: invalid duration "${text}"`);
  }
  return parts.reduce((sum, [, value, unit]) => sum + Number(value) * (UNITS[unit ?? ""] ?? 0), 0);
}

function healthcheckOf(instruction: Instruction): Healthcheck {
  const { flags, text } = instruction;
  const [, kind = "", rest = ""] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  if (kind.toUpperCase() === "NONE") return { Test: ["NONE"] };
  if (kind.toUpperCase() !== "CMD") throw new Error(`Unknown type "${kind}" in HEALTHCHECK (try CMD)`);
  if (rest === "") throw new Error("Missing command after HEALTHCHECK CMD");
  const json = rest.startsWith("[") ? (JSON.parse(rest) as string[]) : null;
  const duration = (name: string) => {
    const value = flags.get(name);
    return value === undefined ? undefined : durationNs(value);
  };
  const check = {
    Test: json ? ["CMD", ...json] : ["CMD-SHELL", rest],
    Interval: duration("interval"),
    Timeout: duration("timeout"),
    StartPeriod: duration("start-period"),
    StartInterval: duration("start-interval"),
    Retries: flags.has("retries") ? Number(flags.get("retries")) : undefined,
  };
  return Object.fromEntries(Object.entries(check).filter(([, value]) => value !== undefined)) as Healthcheck;
}

const resolvePath = (base: string, path: string): string => {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${base}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
};

export function changeConfig(config: RunConfig, instruction: Instruction, env: Environment, mark: string): RunConfig {
  const { keyword, text, json } = instruction;
  const whole = () => expandWord(text, env, mark);
  const words = () => splitWords(text, mark).flatMap((word) => expandWord(word, env, mark).split(/\s+/));
  switch (keyword) {
    case "CMD":
      return { ...config, Cmd: commandOf(instruction, config) };
    case "ENTRYPOINT":
      // docker: an entrypoint of one's own forgets the base image's command
      return { ...config, Entrypoint: commandOf(instruction, config) };
    case "ENV":
      return { ...config, Env: withEnv(config.Env ?? [], pairsOf("ENV", text, env, mark)) };
    case "LABEL":
      return { ...config, Labels: { ...config.Labels, ...Object.fromEntries(pairsOf("LABEL", text, env, mark)) } };
    case "MAINTAINER":
      return config;
    case "EXPOSE":
      return { ...config, ExposedPorts: { ...config.ExposedPorts, ...portsOf(words()) } };
    case "USER":
      return { ...config, User: whole() };
    case "WORKDIR":
      return { ...config, WorkingDir: resolvePath(config.WorkingDir || "/", whole()) };
    case "VOLUME":
      return {
        ...config,
        Volumes: { ...config.Volumes, ...Object.fromEntries((json ?? words()).map((path) => [path, {}])) },
      };
    case "STOPSIGNAL":
      parseSignal(whole());
      return { ...config, StopSignal: whole() };
    case "SHELL":
      if (!json || json.length === 0) throw new Error("SHELL requires the arguments to be in JSON form");
      return { ...config, Shell: json };
    case "HEALTHCHECK":
      return { ...config, Healthcheck: healthcheckOf(instruction) };
    default:
      throw new Error(`${keyword} is not a valid change command`);
  }
}

export const environmentOf = (config: RunConfig): Map<string, string> =>
  new Map((config.Env ?? []).map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]));
