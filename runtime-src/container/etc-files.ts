/** /etc/hosts, /etc/hostname and /etc/resolv.conf as docker writes them; the container gets them as bind mounts. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { DnsSettings } from "../network/settings.ts";
import type { ContainerSpec } from "./spec.ts";
import type { ContainerState } from "./state.ts";

export function hostsText(spec: ContainerSpec, addresses: readonly string[]): string {
  const lines = ["127.0.0.1\tlocalhost"];
  for (const entry of spec.extraHosts) {
    const at = entry.indexOf(":");
    lines.push(`${entry.slice(at + 1)}\t${entry.slice(0, at)}`);
  }
  const names = spec.domainname ? `${spec.hostname}.${spec.domainname} ${spec.hostname}` : spec.hostname;
  for (const address of addresses) lines.push(`${address}\t${names}`);
  return `${lines.join("\n")}\n`;
}

const RESOLVER = "/etc/resolv.conf";

const hostResolver = (): string => (existsSync(RESOLVER) ? readFileSync(RESOLVER, "utf8") : "");

/** In place: a running container has the file itself, as a bind mount. */
export function writeHosts(folder: string, spec: ContainerSpec, addresses: readonly string[]): void {
  writeFileSync(`${folder}/hosts`, hostsText(spec, addresses));
}

const line = (key: string, values: readonly string[]): string[] =>
  values.length > 0 ? [`${key} ${values.join(" ")}`] : [];

/** docker's: on a user network its resolver, and what --dns names is whom that asks. */
export function writeResolvConf(folder: string, dns: DnsSettings, resolver: string | null): void {
  const servers = resolver === null ? dns.servers : [resolver];
  const options = resolver === null ? dns.options : [...dns.options, "ndots:0"];
  const lines = [
    ...servers.map((server) => `nameserver ${server}`),
    ...line("search", dns.search),
    ...line("options", options),
  ];
  writeFileSync(`${folder}/resolv.conf`, lines.map((text) => `${text}\n`).join(""));
}

export function writeEtcFiles(folder: string, { spec, network }: Pick<ContainerState, "spec" | "network">): void {
  writeFileSync(`${folder}/hosts`, hostsText(spec, []));
  writeFileSync(`${folder}/hostname`, `${spec.hostname}\n`);
  const { servers, search, options } = network.dns;
  const isOwn = servers.length + search.length + options.length > 0;
  if (isOwn) writeResolvConf(folder, network.dns, null);
  else writeFileSync(`${folder}/resolv.conf`, hostResolver());
}
