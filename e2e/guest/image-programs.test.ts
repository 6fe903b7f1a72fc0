/** The images that come with the guest do what they are for; each is read over 9p at its first use. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootGuest, type Guest } from "./guest.ts";
import { residue, settledResidue } from "./runtime-residue.ts";

let guest: Guest;
let before: string;
beforeAll(async () => {
  guest = await bootGuest();
  before = await residue(guest);
});
afterAll(() => guest.end());

/** Asks again until the program that is starting answers; a container that has ended will not. */
const untilAnswered = (container: string, command: string) =>
  `until ${command}; do docker inspect -f '{{.State.Running}}' ${container} | grep -q true || { docker logs ${container}; exit 1; }; done 2>/dev/null`;

test("hello-world is PID 1 of a host of its own; the same program outside is neither", async () => {
  const said = "sed -n 's/^  [Ph][IoD].* //p' | paste -sd' '";
  const out = await guest.out(
    `docker run --name hello hello-world | ${said}; docker inspect -f '{{slice .Id 0 12}}' hello; docker export hello | tar t | grep -c hello
     docker cp -q hello:/hello /tmp/hello; docker rm hello > /dev/null; /tmp/hello | ${said}; hostname; rm /tmp/hello`,
  );
  const [inside = "", id, files, outside = "", host] = out.split("\n");
  expect([inside.split(" "), files]).toEqual([["1", id], "1"]);
  const [pid, name] = outside.split(" ");
  expect([Number(pid) > 1, name]).toEqual([true, host]);
});

test("python computes, with what its standard library brings in C", async () => {
  const program = "import json, zlib; print(json.dumps({1: 2}), zlib.crc32(b'x'))";
  expect(await guest.out(`docker run --rm python python3 -c "${program}"`)).toBe('{"1": 2} 2363233923');
});

test("redis answers in its container, and nobody outside has that port", async () => {
  const out = await guest.out(
    `docker run -d --name cache --network none redis > /dev/null; ${untilAnswered("cache", "docker exec cache redis-cli SET k v")}
     docker exec cache redis-cli GET k; nc -w1 127.0.0.1 6379 < /dev/null; echo outside=$?; docker rm -f cache`,
  );
  expect(out.split("\n").slice(-4)).toEqual(["OK", "v", "outside=1", "cache"]);
});

test("nginx serves its page in its network namespace, and writes its log to the container's output", async () => {
  const out = await guest.out(
    `docker run -d --name web --network none nginx > /dev/null; pid=$(docker inspect -f '{{.State.Pid}}' web)
     ${untilAnswered("web", "nsenter -t $pid -n wget -qO /tmp/page http://127.0.0.1/")}
     until docker logs web 2>&1 | grep -q ' 200 '; do :; done
     grep -o '<title>.*</title>' /tmp/page; docker logs web 2>&1 | grep -c '"GET / HTTP/1.1" 200'; docker stop -t 20 web; docker inspect -f '{{.State.ExitCode}}' web; docker rm web`,
  );
  expect(out.split("\n")).toEqual(["<title>Welcome to nginx!</title>", "1", "web", "0", "web"]);
});

test("stress-ng fills memory as far as its container may, and is killed beyond", async () => {
  const within = await guest.sh(
    "docker run --rm -m 64M stress-ng --vm 1 --vm-bytes 8M --vm-ops 50 --vm-method zero-one 2>&1",
  );
  expect([within.exitCode, within.stdout]).toEqual([0, expect.stringMatching(/successful run completed|passed: 1/)]);
  const beyond = await guest.out(
    `docker run --name big -m 16M --memory-swap 16M --entrypoint sh stress-ng -c 'stress-ng --vm 1 --vm-bytes 64M --vm-keep --oomable --vm-ops 50 >/dev/null 2>&1; grep ^oom_kill /sys/fs/cgroup/memory.events'; docker rm big > /dev/null`,
  );
  expect(Number(beyond.split(" ").at(-1))).toBeGreaterThan(0);
  expect(await settledResidue(guest, before)).toBe(before);
});
