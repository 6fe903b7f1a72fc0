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

const inside = (command: string, flags = "") => guest.out(`docker run --rm ${flags} busybox sh -c '${command}'`);

test("the container of the first page: name, limit, processes; nothing of it remains", async () => {
  const { stdout, exitCode } = await guest.sh(
    'docker run --rm -m 100M --hostname glass busybox sh -c "hostname; cat /sys/fs/cgroup/memory.max; ps"',
  );
  const [hostname, limit, , first] = stdout.split("\n");
  expect([hostname, limit, exitCode]).toEqual(["glass", "104857600", 0]);
  expect(first).toMatch(/^ +1 root/);
  expect(await settledResidue(guest, before)).toBe(before);
});

test("every namespace but user and time is another one inside", async () => {
  const list = "for n in pid mnt net uts ipc cgroup user time; do echo $n=$(readlink /proc/self/ns/$n); done";
  const outside = (await guest.out(list)).split("\n");
  const within = (await inside(list)).split("\n");
  expect(within).toHaveLength(8);
  const shared = within.filter((line) => outside.includes(line)).map((line) => line.split("=")[0]);
  expect(shared).toEqual(["user", "time"]);
  const two = "readlink /proc/self/ns/uts; readlink /proc/self/ns/pid";
  expect(await inside(two, "--uts host --pid host")).toBe(await guest.out(two));
});

test("it sees its own cgroup as the root of the tree, outside it lies below /box", async () => {
  expect(await inside("cat /proc/self/cgroup")).toBe("0::/");
  expect(await inside("cat /proc/self/cgroup", "--cgroupns host")).toMatch(/^0::\/box\/[0-9a-f]{12}$/);
});

test("limits are the cgroup's files", async () => {
  const files = "cd /sys/fs/cgroup; cat memory.max cpu.max pids.max cpu.weight";
  expect(await inside(files, "-m 64m --cpus 0.2 --pids-limit 33 --cpu-shares 2")).toBe("67108864\n20000 100000\n33\n1");
  expect(await inside(files)).toBe("max\nmax 100000\nmax\n100");
});

test("its root, its devices, its hosts", async () => {
  expect(await inside("ls /var/lib/box 2>&1; echo hi > /dev/null && ls /dev | wc -l")).toMatch(/No such file/);
  expect(await inside("cat /etc/hostname; grep -c localhost /etc/hosts", "--hostname glass")).toBe("glass\n1");
  expect(await inside("readlink /dev/fd; readlink /dev/ptmx; ls -l /dev/zero | cut -c1-10")).toBe(
    "/proc/self/fd\npts/ptmx\ncrw-rw-rw-",
  );
});

test("what is not the container's is masked, read-only or refused, and is not so outside", async () => {
  expect(await inside("echo 1 > /proc/sys/kernel/panic; echo $?")).toMatch(/1$/);
  expect(await guest.out("echo 0 > /proc/sys/kernel/panic; echo $?")).toBe("0");
  expect(await inside("mount -t tmpfs none /mnt; echo $?")).toMatch(/1$/);
  expect(await inside("mkdir /m; mount -t tmpfs none /m; echo $?", "--privileged")).toBe("0");
  expect(await inside("hostname other; echo $?")).toMatch(/1$/);
  expect(await inside("mknod /tmp/mem c 1 1; head -c1 /tmp/mem; echo $?")).toMatch(/1$/);
});

test("docker's capabilities and a seccomp filter, none outside", async () => {
  const status = "grep -e CapEff -e CapBnd -e Seccomp: -e NoNewPrivs /proc/self/status";
  expect((await inside(status)).replaceAll(/\s+/g, " ")).toBe(
    "CapEff: 00000000a80425fb CapBnd: 00000000a80425fb NoNewPrivs: 0 Seccomp: 2",
  );
  expect(await inside("grep CapEff /proc/self/status", "--user 1000")).toMatch(/0000000000000000$/);
  expect(await guest.out("grep Seccomp: /proc/self/status")).toMatch(/0$/);
});

test("environment, working directory, user, volumes", async () => {
  expect(await inside("echo $A $HOME $PWD", "-e A=1 -w /var/new")).toBe("1 /root /var/new");
  expect(await inside("id -u; id -g", "--user 7:8")).toBe("7\n8");
  await guest.out("mkdir -p /tmp/v && echo from-host > /tmp/v/file");
  expect(await inside("cat /v/file; echo more >> /v/file", "-v /tmp/v:/v")).toBe("from-host");
  expect(await guest.out("cat /tmp/v/file")).toBe("from-host\nmore");
  expect(await inside("touch /v/x; echo $?", "-v /tmp/v:/v:ro")).toMatch(/1$/);
});

test("--network none has a loopback that is up and nothing else", async () => {
  const command = "ip -o link | cut -d: -f2; ping -c1 -W1 127.0.0.1 >/dev/null; echo $?";
  expect(await inside(command, "--network none")).toBe(" lo\n0");
});

test("exit codes and streams are the program's", async () => {
  const run = async (command: string) => (await guest.sh(command)).exitCode;
  expect(await run('docker run --rm busybox sh -c "exit 7"')).toBe(7);
  expect(await run("docker run --rm busybox sh -c 'sh -c \"kill -9 \\$\\$\"; exit $?'")).toBe(137);
  const { stdout, stderr } = await guest.sh('docker run --rm busybox sh -c "echo out; echo err >&2"');
  expect([stdout, stderr]).toEqual(["out\n", "err\n"]);
  expect(await guest.out("echo typed | docker run -i --rm busybox cat")).toBe("typed");
  expect(await guest.out("head -c 300000 /dev/zero | docker run -i --rm busybox wc -c")).toBe("300000");
});

test("two runs at once do not meet", async () => {
  const out = await guest.out(
    "for i in 1 2 3; do docker run --rm --hostname h$i busybox hostname > /tmp/o$i & done; wait; cat /tmp/o[123]",
  );
  expect(out).toBe("h1\nh2\nh3");
  expect(await settledResidue(guest, before)).toBe(before);
});
