/** /etc/hosts, /etc/hostname and /etc/resolv.conf as docker writes them; the container gets them as bind mounts. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { ContainerSpec } from "./spec.ts";

export function hostsText(spec: ContainerSpec, address: string | null): string {
  const lines = ["127.0.0.1\tlocalhost"];
  for (const entry of spec.extraHosts) {
    const at = entry.indexOf(":");
    lines.push(`${entry.slice(at + 1)}\t${entry.slice(0, at)}`);
  }
  const names = spec.domainname ? `${spec.hostname}.${spec.domainname} ${spec.hostname}` : spec.hostname;
  if (address !== null) lines.push(`${address}\t${names}`);
  return `${lines.join("\n")}\n`;
}

const RESOLVER = "/etc/resolv.conf";

const hostResolver = (): string => (existsSync(RESOLVER) ? readFileSync(RESOLVER, "utf8") : "");

export function writeEtcFiles(folder: string, spec: ContainerSpec): void {
  writeFileSync(`${folder}/hosts`, hostsText(spec, null));
  writeFileSync(`${folder}/hostname`, `${spec.hostname}\n`);
  writeFileSync(`${folder}/resolv.conf`, hostResolver());
}
