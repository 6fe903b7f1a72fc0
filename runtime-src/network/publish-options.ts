/** docker's --publish and --expose: `[[address:]hostPort:]containerPort[/protocol]`, ranges included; its words for faults. */
import { parseAddress } from "./ipv4.ts";
import type { Protocol } from "./ruleset.ts";

export interface PortRequest {
  readonly protocol: Protocol;
  readonly port: number;
  /** "0.0.0.0" for every address. */
  readonly hostAddress: string;
  /** The first that is free of these; null leaves it to us. */
  readonly hostPorts: { readonly from: number; readonly to: number } | null;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

const MAX_PORT = 65_535;

function parseRange(text: string): Range | null {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (!match) return null;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from > to || to > MAX_PORT ? null : { from, to };
}

function protocolOf(text: string | undefined): Protocol {
  const name = (text ?? "tcp").toLowerCase();
  if (name === "tcp" || name === "udp") return name;
  if (name === "sctp") throw new Error("protocol sctp: this kernel has no SCTP");
  throw new Error(`invalid proto: ${text}`);
}

/** One request a container port; a host range for a single port is searched. */
export function parsePublish(text: string): PortRequest[] {
  const [whole = "", protocolText, ...more] = text.split("/");
  if (more.length > 0) throw new Error(`invalid publish opts format (should be name=value but got '${text}')`);
  if (whole.includes("[") || whole.split(":").length > 3)
    throw new Error(`invalid IP address: ${whole}: this machine has no IPv6`);
  const protocol = protocolOf(protocolText);
  const parts = whole.split(":");
  const containerText = parts.at(-1) ?? "";
  const hostText = parts.length > 1 ? (parts.at(-2) ?? "") : "";
  const hostAddress = parts.length === 3 ? parts[0] || "0.0.0.0" : "0.0.0.0";
  if (parseAddress(hostAddress) === null) throw new Error(`invalid IP address: ${hostAddress}`);
  if (containerText === "") throw new Error(`no port specified: ${text}<empty>`);
  const container = parseRange(containerText);
  if (!container || container.from === 0) throw new Error(`invalid containerPort: ${containerText}`);
  const host = hostText === "" ? null : parseRange(hostText);
  if (hostText !== "" && !host) throw new Error(`invalid hostPort: ${hostText}`);
  const count = container.to - container.from;
  if (host && count > 0 && host.to - host.from !== count) {
    throw new Error(`invalid ranges specified for container and host Ports: ${containerText} and ${hostText}`);
  }
  const isSearched = host !== null && count === 0 && host.to > host.from;
  return Array.from({ length: count + 1 }, (_, i) => ({
    protocol,
    port: container.from + i,
    hostAddress,
    hostPorts: hostPortsOf(host, isSearched, i),
  }));
}

function hostPortsOf(host: Range | null, isSearched: boolean, offset: number): Range | null {
  if (!host || host.from === 0) return null;
  return isSearched ? host : { from: host.from + offset, to: host.from + offset };
}

/** "80/tcp", "53/udp", "8000-8002/tcp" -> "8000/tcp" and so on. */
export function parseExpose(text: string): string[] {
  const [portText = "", protocolText] = text.split("/");
  const range = parseRange(portText);
  if (!range || range.from === 0) throw new Error(`invalid range format for --expose: ${text}`);
  const protocol = protocolOf(protocolText);
  return Array.from({ length: range.to - range.from + 1 }, (_, i) => `${range.from + i}/${protocol}`);
}

/** -P: one request for each exposed port that is not published by name. */
export function publishExposed(exposed: readonly string[], published: readonly PortRequest[]): PortRequest[] {
  return exposed.flatMap((text) => {
    const [portText = "", protocolText] = text.split("/");
    const [port, protocol] = [Number(portText), protocolOf(protocolText)];
    if (published.some((known) => known.port === port && known.protocol === protocol)) return [];
    return [{ protocol, port, hostAddress: "0.0.0.0", hostPorts: null }];
  });
}
