/** Published and exposed ports as docker's columns show them, neighbours joined to ranges. */
import type { NetworkSettings } from "./settings.ts";

/** Without a locale: the engine has none. */
export const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Row {
  readonly host: string;
  readonly hostPort: number;
  readonly port: number;
  readonly protocol: string;
}

const isNext = (a: Row, b: Row): boolean =>
  a.host === b.host &&
  a.protocol === b.protocol &&
  b.port === a.port + 1 &&
  (a.hostPort === 0 ? b.hostPort === 0 : b.hostPort === a.hostPort + 1);

const range = (from: number, to: number): string => (from === to ? String(from) : `${from}-${to}`);

function text(first: Row, last: Row): string {
  const inside = `${range(first.port, last.port)}/${first.protocol}`;
  return first.hostPort === 0 ? inside : `${first.host}:${range(first.hostPort, last.hostPort)}->${inside}`;
}

/** "0.0.0.0:8080->80/tcp, 443/tcp"; empty while it does not run. */
export function portsText({ ports, exposed, endpoints }: NetworkSettings): string {
  if (endpoints.length === 0) return "";
  const rows: Row[] = ports.map(({ hostAddress, hostPort, port, protocol }) => ({
    host: hostAddress,
    hostPort,
    port,
    protocol,
  }));
  for (const one of exposed) {
    const [port = "", protocol = "tcp"] = one.split("/");
    if (!rows.some((row) => row.port === Number(port) && row.protocol === protocol)) {
      rows.push({ host: "", hostPort: 0, port: Number(port), protocol });
    }
  }
  rows.sort((a, b) => inOrder(a.protocol, b.protocol) || inOrder(a.host, b.host) || a.port - b.port);
  const groups: [Row, Row][] = [];
  for (const row of rows) {
    const group = groups.at(-1);
    if (group && isNext(group[1], row)) group[1] = row;
    else groups.push([row, row]);
  }
  return groups.map(([first, last]) => text(first, last)).join(", ");
}

export const networkNames = ({ mode, requests }: NetworkSettings): string =>
  requests.length > 0 ? requests.map(({ networkName }) => networkName).join(",") : mode;
