/** The flags of `run` and `create` that concern the network; network-options.ts says what they come to. */
import type { Flag } from "./flags.ts";

const text = (name: string, help: string): Flag => ({ name, kind: "text", help });
const list = (name: string, help: string, short?: string): Flag => ({
  name,
  kind: "list",
  help,
  ...(short ? { short } : {}),
});

export const NETWORK_FLAGS: readonly Flag[] = [
  list("add-host", "Add a custom host-to-IP mapping (host:ip)"),
  list("dns", "Set custom DNS servers"),
  list("dns-opt", "Set DNS options"),
  list("dns-option", "Set DNS options"),
  list("dns-search", "Set custom DNS search domains"),
  list("expose", "Expose a port or a range of ports"),
  text("ip", "IPv4 address (e.g., 172.30.100.104)"),
  text("mac-address", "Container MAC address (e.g., 92:d0:c6:0a:29:33)"),
  list("net", "Connect a container to a network"),
  list("net-alias", "Add network-scoped alias for the container"),
  list("network", "Connect a container to a network"),
  list("network-alias", "Add network-scoped alias for the container"),
  list("publish", "Publish a container's port(s) to the host", "p"),
  { name: "publish-all", short: "P", kind: "bool", help: "Publish all exposed ports to random ports" },
  { name: "ip6", kind: "text", help: "", refused: "this kernel has no IPv6" },
  { name: "link-local-ip", kind: "list", help: "", refused: "addresses come from the network's pool" },
];
