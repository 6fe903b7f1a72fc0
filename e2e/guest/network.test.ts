import { afterAll, beforeAll, expect, test } from "vitest";
import { httpGet } from "../../lib/machine/network/http-get.ts";
import type { HttpAnswer } from "../../lib/protocol/http.ts";
import { bootGuest, type Guest } from "./guest.ts";
import { residue, settledResidue } from "./runtime-residue.ts";
import { settledAt, steady } from "./settle.ts";

/**
 * Devices and addresses by `ip`, leases and ports by their links, chains and rules by the kernel's own memory.
 * A route's `linkdown` is left out: the kernel's link watch notes up to a second late that a bridge lost its last port.
 */
const COUNT = [
  "ip -o link | cut -d: -f2 | sort | xargs",
  "ip -o -4 addr | wc -l",
  "ip route | sed 's/ *\\(linkdown\\)* *$//' | sort",
  "ls /run/box/networks/*/leases/ /run/box/ports | grep -c -e '^[0-9]' -e '^tcp' -e '^udp'",
  "ls /run/box/networks/names | xargs",
].join("; ");

let guest: Guest;
let before: { counts: string; rules: string; residue: string };
beforeAll(async () => {
  guest = await bootGuest();
  before = { residue: await residue(guest), counts: await steady(counts), rules: await steady(rules) };
});
afterAll(() => guest.end());

const counts = async () => (await guest.sh(COUNT)).stdout;
async function rules(): Promise<string> {
  // The guest goes on while it is read again.
  await guest.out("true");
  const chains = guest.machine.inspector?.take().nftChains ?? [];
  return chains.map(({ table, chain, rules: found }) => `${table} ${chain} ${found.length}`).join("\n");
}
async function expectAsBefore() {
  expect(await settledResidue(guest, before.residue)).toBe(before.residue);
  expect(await settledAt(counts, before.counts)).toBe(before.counts);
  expect(await settledAt(rules, before.rules)).toBe(before.rules);
}
const box = (words: string) => guest.out(`docker ${words}`);
/** An HTTP server on port 80 that says who it is. A container runs before its program listens: port 0050, state 0A. */
async function server(name: string, flags: string): Promise<void> {
  const serve = `mkdir /w; echo ${name} > /w/index.html; exec httpd -f -p 80 -h /w`;
  await box(`run -d --name ${name} ${flags} busybox sh -c '${serve}'`);
  const pid = await box(`inspect -f '{{.State.Pid}}' ${name}`);
  await guest.out(`until grep -q ':0050 00000000:0000 0A' /proc/${pid}/net/tcp; do :; done`);
}
/** bash speaks TCP: busybox's wget knows no numeric address. */
const FETCH =
  'fetch() { exec 5<>/dev/tcp/$1/$2 && printf "GET / HTTP/1.0\\r\\n\\r\\n" >&5 && tail -1 <&5 || echo none; }; 2>/dev/null';
const get = (port: number, path = "/"): Promise<HttpAnswer> =>
  httpGet(guest.session().network, { port, method: "GET", path, timeoutMs: 60_000 });

test("the default: an address of docker0's, a route, a name in hosts; outside nothing but the bridge's other end", async () => {
  const look = "ip -o link; ip -4 -o addr show eth0; ip route; cat /etc/hosts; cat /sys/class/net/eth0/address";
  const seen = await box(`run --rm --hostname inside busybox sh -c '${look}'`);
  expect(seen).toMatch(/^1: lo: .*LOOPBACK,UP[\s\S]*\n2: eth0@if\d+: .*UP[\s\S]*/);
  expect(seen).toContain("inet 172.17.0.2/16 brd 172.17.255.255");
  expect(seen).toContain("default via 172.17.0.1 dev eth0");
  expect(seen).toContain("172.17.0.2\tinside\n02:42:ac:11:00:02");
  expect(await guest.out("ip -o -4 addr show docker0")).toContain("172.17.0.1/16");
  expect(await guest.out("ip -o link")).not.toContain("veth");
  const asUser = "timeout 1 httpd -f -p 80; echo $?; cat /proc/sys/net/ipv4/ping_group_range";
  expect(await box(`run --rm --user 1000 --cap-drop all busybox sh -c '${asUser}'`)).toMatch(
    /^(?:143|124)\n0\s2147483647$/,
  );
  expect(await box("run --rm --network none busybox ip -o link | wc -l")).toBe("1");
  expect(await box("run --rm --network host busybox ip -o link | wc -l")).toBe(await guest.out("ip -o link | wc -l"));
  await expectAsBefore();
});

test("a network of one's own: names, aliases, isolation from others; what is outside fails at once", async () => {
  await box("network create one && docker network create --subnet 10.9.0.0/24 --label k=v two");
  await server("web", "--network one --network-alias www");
  const ask =
    'ping -c1 -W60 web | grep -c " 0%"; wget -qO- http://www; nslookup nobody; ping -c1 -W1 8.8.8.8 | grep -c 100%';
  const inside = await guest.sh(`docker run --rm --network one busybox sh -c '${ask}; cat /etc/resolv.conf'`);
  expect(inside.stdout).toMatch(
    /^1\nweb\n[\s\S]*can't find nobody: NXDOMAIN[\s\S]*\n1\nnameserver 127.0.0.11\noptions ndots:0\n$/,
  );
  const other = 'ping -c1 -W1 web; ping -c1 -W1 172.18.0.2 | grep -c 100%; ping -c1 -W60 10.9.0.1 | grep -c " 0%"';
  const apart = await guest.sh(`docker run --rm --network two --ip 10.9.0.9 busybox sh -c '${other}; ip -4 -o addr'`);
  expect(apart.stderr).toContain("bad address 'web'");
  expect(apart.stdout).toMatch(/^1\n1\n[\s\S]*10\.9\.0\.9\/24/);
  expect(await guest.out('ping -c1 -W60 172.18.0.2 | grep -c " 0%"')).toBe("1");
  const list = await box(
    "network ls --format '{{.Name}} {{.Driver}}' --filter type=custom; docker network ls -q -f label=k=v | wc -l",
  );
  expect(list).toBe("one bridge\ntwo bridge\n1");
  expect(await box("network inspect -f '{{range .Containers}}{{.Name}} {{.IPv4Address}}{{end}}' one")).toBe(
    "web 172.18.0.2/16",
  );
  const busy = await guest.sh("docker network rm one bridge nosuch two");
  expect(busy).toMatchObject({ exitCode: 1, stdout: "two\n" });
  expect(busy.stderr).toMatch(
    /network one has active endpoints[\s\S]*bridge is a pre-defined network[\s\S]*network nosuch not found/,
  );
  await box("rm -f web && docker network prune -f");
  await expectAsBefore();
});

test("a published port: from the machine, from its own container, from the page; a conflict costs nothing", async () => {
  await server("web", "-p 8080:80 -p 127.0.0.1:9090:80");
  const loopback = await guest.out(`${FETCH}; fetch 127.0.0.1 8080; fetch 172.17.0.1 8080; fetch 127.0.0.1 9090`);
  expect(loopback).toBe("web\nweb\nweb");
  expect(await box("exec web sh -c 'printf \"GET / HTTP/1.0\\r\\n\\r\\n\" | nc -w 60 172.17.0.1 8080 | tail -1'")).toBe(
    "web",
  );
  const answer = await get(8080);
  expect(answer).toMatchObject({ ok: true, status: 200 });
  expect(answer.ok && new TextDecoder().decode(answer.body)).toBe("web\n");
  expect(await get(8080, "/none")).toMatchObject({ ok: true, status: 404 });
  expect(await get(8081)).toMatchObject({ ok: false, reason: "refused" });
  expect(await get(9090)).toMatchObject({ ok: false, reason: "refused" });
  expect(await box("port web && docker ps --format '{{.Ports}}'")).toBe(
    "80/tcp -> 0.0.0.0:8080\n80/tcp -> 127.0.0.1:9090\n0.0.0.0:8080->80/tcp, 127.0.0.1:9090->80/tcp",
  );
  const taken = await guest.sh("docker run --rm -p 8080:80 busybox true");
  expect(taken.exitCode).toBe(125);
  expect(taken.stderr).toContain("Bind for 0.0.0.0:8080 failed: port is already allocated");
  expect(await box("run --rm -p 80 -p 8080-8090:80 busybox true; docker rm -f web")).toBe("web");
  expect(await get(8080)).toMatchObject({ ok: false, reason: "refused" });
  await server("again", "-p 8080:80");
  expect(await guest.out(`${FETCH}; fetch 127.0.0.1 8080; docker rm -f again`)).toBe("again\nagain");
  await expectAsBefore();
});

test("a container shares another's network; connect and disconnect change a running one", async () => {
  await box("network create --internal inner && docker network create outer");
  await server("web", "--hostname pod");
  const same = await box(
    "run --rm --network container:web busybox sh -c 'hostname; ip -4 -o addr show eth0; wget -qO- http://localhost'",
  );
  expect(same).toMatch(/^pod\n[\s\S]*172\.17\.0\.2\/16[\s\S]*\nweb$/);
  await box("network connect --alias side inner web && docker network connect outer web");
  const seen = await box(
    "exec web sh -c 'ip -4 -o addr | cut -d\" \" -f2,7 | xargs; ip route | grep default; grep -c pod /etc/hosts'",
  );
  expect(seen).toMatch(
    /^lo 127.0.0.1\/8 eth0 172.17.0.2\/16 eth1 172.18.0.2\/16 eth2 172.19.0.2\/16\ndefault via 172.17.0.1[^\n]*\n3$/,
  );
  const apart = "wget -qO- http://side; ping -c1 -W1 172.17.0.1 2>&1 | grep -c -e unreachable -e 100%";
  expect(await box(`run --rm --network inner busybox sh -c '${apart}'`)).toBe("web\n1");
  await box("network disconnect bridge web && docker network disconnect inner web");
  const left = await box(
    "exec web sh -c 'ip -4 -o addr | grep -c eth; ip route | grep default; nslookup web | grep -c 172.19'",
  );
  expect(left).toMatch(/^1\ndefault via 172.19.0.1 dev eth2 *\n1$/);
  expect((await guest.sh("docker network disconnect inner web")).stderr).toContain("is not connected to network inner");
  await box("rm -f web && docker network rm inner outer");
  await expectAsBefore();
});

test("what a killed supervisor held is taken back at the next call", async () => {
  await box("network create gone");
  await box("run -d --name lost --network gone -p 7070:80 busybox sleep 1000");
  const supervisor = await guest.out(
    "cat /proc/$(docker inspect -f '{{.State.Pid}}' lost)/status | awk '/^PPid/ {print $2}'",
  );
  await guest.out(`kill -9 ${supervisor}; while [ -e /proc/${supervisor} ]; do :; done`);
  expect(await box("ps -a --format '{{.Names}} {{.State}} {{.Ports}}.'")).toBe("lost exited .");
  expect(await box("run --rm -p 7070:80 --network gone busybox ip -4 -o addr show eth0")).toContain("172.18.0.2/16");
  await box("rm lost && docker network rm gone");
  await expectAsBefore();
});

test.each([
  ["run --network nosuch busybox true", 125, "network nosuch not found"],
  ["run --network container:nosuch busybox true", 125, "No such container: nosuch"],
  [
    "run --ip 172.17.0.9 busybox true",
    125,
    "user specified IP address is supported only when connecting to networks with user",
  ],
  ["run -p 99999:80 busybox true", 125, "invalid hostPort: 99999"],
  ["run -p 80:http busybox true", 125, "invalid containerPort: http"],
  ["run -p 1-2:1-3 busybox true", 125, "invalid ranges specified"],
  ["run --dns here busybox true", 125, "here is not an ip address"],
  ["run --add-host x busybox true", 125, "bad format for add-host"],
  ["network create --subnet 172.17.9.0/24 x", 1, "Pool overlaps with other one on this address space"],
  ["network create --subnet 10.9.0.1/24 x", 1, "it should be 10.9.0.0/24"],
  ["network create -d macvlan x", 1, "error looking up network plugin macvlan"],
  ["network create --ipv6 x", 125, "this kernel has no IPv6"],
  ["network create bridge", 1, "network with name bridge already exists"],
  ["network create -o com.docker.network.bridge.name=lo x", 1, "there is a device of this name"],
  ["network connect bridge nosuch", 1, "No such container: nosuch"],
])("docker %s", async (command, exitCode, words) => {
  const result = await guest.sh(`docker ${command}`);
  expect(result.stderr).toContain(words);
  expect(result.exitCode).toBe(exitCode);
});

test("after all of it nothing is left", expectAsBefore);
