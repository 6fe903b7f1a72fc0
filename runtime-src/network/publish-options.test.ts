import { expect, test } from "vitest";
import { portsText } from "./port-text.ts";
import { parseExpose, parsePublish, publishExposed } from "./publish-options.ts";
import { NO_NETWORK } from "./settings.ts";

test.each([
  ["80", { protocol: "tcp", port: 80, hostAddress: "0.0.0.0", hostPorts: null }],
  ["8080:80", { protocol: "tcp", port: 80, hostAddress: "0.0.0.0", hostPorts: { from: 8080, to: 8080 } }],
  ["127.0.0.1:53:5353/udp", { protocol: "udp", port: 5353, hostAddress: "127.0.0.1", hostPorts: { from: 53, to: 53 } }],
  ["127.0.0.1::80", { protocol: "tcp", port: 80, hostAddress: "127.0.0.1", hostPorts: null }],
  ["8000-8010:80", { protocol: "tcp", port: 80, hostAddress: "0.0.0.0", hostPorts: { from: 8000, to: 8010 } }],
  ["0:80", { protocol: "tcp", port: 80, hostAddress: "0.0.0.0", hostPorts: null }],
])("-p %s", (text, wanted) => {
  expect(parsePublish(text)).toEqual([wanted]);
});

test("ranges go in pairs; exposed ports that are published already are not published again", () => {
  expect(parsePublish("8000-8002:80-82").map(({ port, hostPorts }) => [port, hostPorts?.from])).toEqual([
    [80, 8000],
    [81, 8001],
    [82, 8002],
  ]);
  expect(parseExpose("7000-7001/udp")).toEqual(["7000/udp", "7001/udp"]);
  expect(publishExposed(["80/tcp", "80/udp"], parsePublish("8080:80"))).toMatchObject([{ protocol: "udp", port: 80 }]);
});

test.each([
  "",
  "a",
  "80:0",
  "80:",
  "1:2:3:4",
  "8000-8001:80-82",
  "80/icmp",
  "80/sctp",
  "x:1:2",
  "[::]:80:80",
  "9-8:1",
  "80/tcp/x",
])("-p %s is refused", (text) => {
  expect(() => parsePublish(text)).toThrow();
});

test("the column of docker ps: neighbours joined, exposed ones without a host", () => {
  const endpoint = { networkId: "", address: "", prefix: 16, gateway: null, mac: "", veth: "", device: "eth0" };
  const port = (hostPort: number, inside: number) =>
    ({ protocol: "tcp", hostAddress: "0.0.0.0", hostPort, port: inside }) as const;
  const network = {
    ...NO_NETWORK,
    endpoints: [endpoint],
    exposed: ["443/tcp", "80/tcp"],
    ports: [port(8000, 80), port(8001, 81), port(9000, 82)],
  };
  expect(portsText(network)).toBe("443/tcp, 0.0.0.0:8000-8001->80-81/tcp, 0.0.0.0:9000->82/tcp");
  expect(portsText({ ...network, endpoints: [] })).toBe("");
});
