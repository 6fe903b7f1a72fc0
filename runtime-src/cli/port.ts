/** `docker port`: where a container's published ports are on this machine. */

import { inOrder } from "../network/port-text.ts";
import type { BoundPort } from "../network/ports.ts";
import { requireContainer } from "./each-container.ts";
import { parseFlags } from "./flags.ts";
import { CommandError, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const byPort = (a: BoundPort, b: BoundPort): number => a.port - b.port || inOrder(a.protocol, b.protocol);

export const port: Verb = {
  usage: "port CONTAINER [PRIVATE_PORT[/PROTO]]",
  summary: "List port mappings or a specific mapping for the container",
  flags: [],
  run(runtime, argv) {
    const { rest } = parseFlags([], argv, true);
    requireWords(rest, 1, 2);
    const [reference = "", wanted] = rest;
    const ports = [...requireContainer(runtime, reference).network.ports].sort(byPort);
    if (wanted === undefined) {
      const lines = ports.map((one) => `${one.port}/${one.protocol} -> ${one.hostAddress}:${one.hostPort}\n`);
      runtime.out(lines.join(""));
      return 0;
    }
    const [number, protocol = "tcp"] = wanted.split("/");
    if (!/^\d+$/.test(number ?? "")) throw new CommandError(`invalid port: ${wanted}`);
    const found = ports.filter((one) => one.port === Number(number) && one.protocol === protocol);
    if (found.length === 0) {
      throw new CommandError(`no public port '${number}/${protocol}' published for ${reference}`);
    }
    runtime.out(found.map((one) => `${one.hostAddress}:${one.hostPort}\n`).join(""));
    return 0;
  },
};
