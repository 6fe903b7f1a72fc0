/** docker's flags of run, each seen from inside against what is without it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootGuest, type Guest } from "./guest.ts";
import { residue, settledResidue } from "./runtime-residue.ts";

let guest: Guest;
let before: string;
beforeAll(async () => {
  guest = await bootGuest();
  before = await residue(guest);
});
afterAll(async () => {
  expect(await settledResidue(guest, before)).toBe(before);
  await guest.end();
});

const inside = async (flags: string, command: string): Promise<string> => {
  const { stdout, stderr } = await guest.sh(`docker run --rm --network none ${flags} busybox sh -c '${command}'`);
  return (stdout + stderr).trim();
};

test("--privileged: every device of the machine, but for its console and terminals", async () => {
  const list = "cd /dev; find . -path ./pts -prune -o -path ./shm -prune -o \\( -type b -o -type c \\) -print | sort";
  const own = new Set(["./console", "./ptmx"]);
  const machine = (await guest.out(list)).split("\n").filter((name) => !own.has(name));
  expect((await inside("--privileged", list)).split("\n")).toEqual(machine);
  expect(machine).toContain("./ram0");
  expect((await inside("", list)).split("\n")).toEqual([
    "./full",
    "./null",
    "./random",
    "./tty",
    "./urandom",
    "./zero",
  ]);
  expect(await inside("--privileged", "head -c 1024 /dev/ram0 | wc -c")).toBe("1024");
});

test("devices: none but docker's, one that is given as far as it is given", async () => {
  const use = "head -c1 /dev/disk >/dev/null && echo read; echo > /dev/disk; true";
  expect(await inside("--device /dev/ram0:/dev/disk:r", use)).toMatch(/^read\n.*Operation not permitted/);
  const make = "mknod /tmp/disk b 1 0; head -c1 /tmp/disk >/dev/null && echo read";
  expect(await inside("", make)).toMatch(/Operation not permitted/);
  expect(await inside("--device-cgroup-rule 'b 1:0 r'", make)).toBe("read");
});

test("limits and rates are the cgroup's files, its parent where it is asked for", async () => {
  expect(
    await inside(
      "--device-write-bps /dev/ram0:1mb --memory-reservation 8m",
      "cat /sys/fs/cgroup/io.max /sys/fs/cgroup/memory.low",
    ),
  ).toBe("1:0 rbps=max wbps=1048576 riops=max wiops=max\n8388608");
  expect(await inside("--cgroup-parent /mine --cgroupns host", "cat /proc/self/cgroup")).toMatch(
    /^0::\/mine\/[0-9a-f]{12}$/,
  );
  await guest.out("rmdir /sys/fs/cgroup/mine 2>/dev/null; true");
});

test("groups, rlimits, sysctls, the security options", async () => {
  expect(await inside("--user 1000 --group-add 77 --ulimit nofile=64:128", "id -G; ulimit -n")).toBe("0 77\n64");
  expect(await inside("--security-opt no-new-privileges", "grep NoNewPrivs /proc/self/status")).toMatch(/1$/);
  await guest.out(
    `echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}' > /tmp/p.json`,
  );
  expect(await inside("--security-opt seccomp=/tmp/p.json", "mkdir /x")).toMatch(/Operation not permitted/);
  expect(await inside("", "mkdir /x && echo made")).toBe("made");
  expect(await inside("--security-opt seccomp=/nosuch", "true")).toMatch(/opening seccomp profile .* no such file/);
  const readonly = 'grep -c " /proc/sys " /proc/mounts';
  expect(await inside("", readonly)).toBe("1");
  expect(await inside("--security-opt systempaths=unconfined", readonly)).toBe("0");
});

test("namespaces of another container, a tmpfs, environment from a file, a label file", async () => {
  await guest.out("docker run -d --name pod --network none busybox sleep 1000");
  expect(await inside("--pid container:pod", 'ps | grep -c "[s]leep 1000"')).toBe("1");
  expect(await inside("", 'ps | grep -c "[s]leep 1000"')).toBe("0");
  const ipc = "readlink /proc/self/ns/ipc";
  expect(await inside("--ipc container:pod", ipc)).toBe(await guest.out(`docker exec pod ${ipc}`));
  await guest.out("docker rm -f pod; printf '# x\\nA=1\\nHOME\\n' > /tmp/env; echo a=b > /tmp/labels");
  const shown = 'echo $A $HOME; grep -c "^tmpfs /t tmpfs rw,nosuid,nodev,noexec,relatime,size=64k" /proc/mounts';
  expect(await inside("--env-file /tmp/env --tmpfs /t:size=64k", shown)).toBe("1 /root\n1");
  const labels = "docker create --name ll --label-file /tmp/labels --annotation n=o busybox true > /dev/null";
  expect(await guest.out(`${labels}; docker inspect -f '{{json .Config.Labels}}' ll; docker rm ll`)).toBe(
    '{"a":"b"}\nll',
  );
});

test("a user namespace: root inside is nobody's root outside, and its files are its own", async () => {
  await guest.out("docker run -d --name mapped --network none --userns private:200000 busybox sleep 1000");
  const pid = await guest.out("docker inspect -f '{{.State.Pid}}' mapped");
  expect(await guest.out(`grep -h ^Uid /proc/${pid}/status | cut -f2; docker exec mapped id -u`)).toBe("200000\n0");
  expect(
    await guest.out(
      'docker exec mapped sh -c \'touch /etc/mine && ls -ln /etc/mine | tr -s " " | cut -d" " -f3; echo x > /dev/null && head -c1 /dev/zero | wc -c\'',
    ),
  ).toBe("0\n1");
  expect((await guest.sh("docker exec mapped mount -t tmpfs none /mnt")).exitCode).not.toBe(0);
  await guest.out("docker rm -f mapped");
});
