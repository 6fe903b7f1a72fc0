import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { bootGuest, type Guest } from "./guest.ts";
import { residue, settledResidue } from "./runtime-residue.ts";

let guest: Guest;
let before: string;
beforeAll(async () => {
  guest = await bootGuest();
  before = await residue(guest);
});
afterEach(async () => expect(await settledResidue(guest, before)).toBe(before));
afterAll(() => guest.end());

test.each([
  [
    "an unknown image",
    "docker run nosuch true",
    125,
    /Unable to find image 'nosuch:latest' locally[\s\S]*images here: busybox/,
  ],
  ["an image name that is none", "docker run BusyBox true", 125, /invalid reference format.*lowercase/],
  [
    "a command that is not there",
    "docker run busybox nosuch",
    127,
    /exec: "nosuch": executable file not found in \$PATH/,
  ],
  ["a path that is not there", "docker run busybox /no/such", 127, /exec: "\/no\/such": stat \/no\/such: no such file/],
  ["a file that is not executable", "docker run busybox /etc/passwd", 126, /exec: "\/etc\/passwd": permission denied/],
  ["a directory", "docker run busybox /etc", 126, /permission denied|is a directory/],
  [
    "a malformed size",
    "docker run -m 10x busybox true",
    125,
    /invalid argument "10x" for "-m, --memory" flag: invalid size: '10x'/,
  ],
  ["a limit below the minimum", "docker run -m 5m busybox true", 125, /Minimum memory limit allowed is 6MB/],
  ["too many CPUs", "docker run --cpus 2 busybox true", 125, /Range of CPUs is from 0\.01 to 1\.00/],
  ["no number", "docker run --pids-limit x busybox true", 125, /invalid argument "x" for "--pids-limit"/],
  ["an unknown flag", "docker run --frobnicate busybox true", 125, /unknown flag: --frobnicate/],
  ["a flag that we do not have", "docker run --link web busybox true", 125, /--link is not supported: /],
  ["no image", "docker run", 1, /requires at least 1 argument/],
  ["a bad name", "docker run --name a/b busybox true", 125, /Invalid container name \(a\/b\)/],
  ["a name out of the folder", "docker run --name ../../etc busybox true", 125, /Invalid container name/],
  ["an unknown user", "docker run --user nobody-here busybox true", 125, /unable to find user nobody-here/],
  ["a relative working directory", "docker run -w tmp busybox true", 125, /needs to be an absolute path/],
  ["a file as working directory", "docker run -w /etc/passwd busybox true", 125, /working-directory: ENOTDIR/],
  ["a bad volume", "docker run -v /a:b busybox true", 125, /invalid volume specification: '\/a:b'/],
  ["a bad signal", "docker run --stop-signal FROB busybox true", 125, /invalid signal: FROB/],
  ["an unknown capability", "docker run --cap-add FROB busybox true", 125, /invalid capability "FROB"/],
  ["a sysctl of the whole machine", "docker run --sysctl kernel.panic=1 busybox true", 125, /not namespaced/],
  ["a terminal where there is none", "docker run -it busybox true", 1, /the input device is not a TTY/],
  ["a missing container", "docker exec nosuch true", 1, /No such container: nosuch/],
  ["a missing container, removed", "docker rm nosuch", 1, /No such container: nosuch/],
  ["a missing object", "docker inspect nosuch", 1, /No such object: nosuch/],
  ["an unknown command", "docker frobnicate", 1, /unknown command: docker frobnicate/],
  ["a NUL of a size", "docker run -m '' busybox true", 125, /invalid size: ''/],
])("%s", async (_, command, exitCode, message) => {
  const result = await guest.sh(command);
  expect(result.stderr).toMatch(message);
  expect(result.exitCode).toBe(exitCode);
});

test("a duplicate name, and the name free again afterwards", async () => {
  const id = await guest.out("docker run -d --name web busybox sleep 1000");
  const second = await guest.sh("docker run --name web busybox true");
  expect(second.exitCode).toBe(125);
  expect(second.stderr).toContain(`The container name "/web" is already in use by container "${id}"`);
  await guest.out("docker rm -f web");
  await guest.out("docker run --rm --name web busybox true");
});

test("two runs of one name at once: one of them has it", async () => {
  const run = "docker run --rm --name same busybox sleep 1";
  const out = await guest.out(`(${run}; echo $?) 2>/dev/null & (${run}; echo $?) 2>/dev/null & wait`);
  expect(out.split("\n").sort()).toEqual(["0", "125"]);
});

test("a limit below what the program needs ends in 137", async () => {
  expect((await guest.sh("docker run --rm -m 6m busybox sh -c 'a=x; while :; do a=$a$a; done'")).exitCode).toBe(137);
});

test("a full tmpfs: nothing is made, nothing stays, and it works again when there is room", async () => {
  await guest.out("dd if=/dev/zero of=/run/fill bs=4k 2>/dev/null; true");
  const { exitCode, stderr } = await guest.sh("docker run --rm busybox true");
  await guest.out("rm /run/fill");
  expect(stderr).toMatch(/ENOSPC/);
  expect(exitCode).toBe(125);
  await guest.out("docker run --rm busybox true");
});

test("a full disk: nothing is made, nothing stays", async () => {
  await guest.out("dd if=/dev/zero of=/var/lib/box/fill bs=64k 2>/dev/null; true");
  const { exitCode } = await guest.sh("docker run --rm busybox sh -c 'dd if=/dev/zero of=/f bs=64k count=9'");
  await guest.out("rm /var/lib/box/fill");
  expect(exitCode).not.toBe(0);
  await guest.out("docker run --rm busybox true");
});
