/** /var/lib/box is a disk: io.max throttles it, and what is written there is no memory of the writer's. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootGuest, type Guest } from "./guest.ts";

/** jiffies start 300 s before they pass zero on an unpatched kernel: until then, io.max was a BUG_ON. */
const JIFFIES_WRAP_S = 300;
const SIZE_MIB = 4;

let guest: Guest;
beforeAll(async () => {
  guest = await bootGuest();
});
afterAll(() => guest?.end());

/** Seconds of guest time that direct writes of SIZE_MIB take in a group with that io.max. */
async function writeSeconds(limit: string): Promise<number> {
  const seconds = await guest.out(
    `group=/sys/fs/cgroup/disk; mkdir $group; echo "1:0 ${limit}" > $group/io.max
    from=$(cut -d' ' -f1 /proc/uptime)
    bash -c "echo \\$\\$ > $group/cgroup.procs; exec dd if=/dev/zero of=/var/lib/box/disk bs=64k count=${SIZE_MIB * 16} oflag=direct" 2>/dev/null || exit
    to=$(cut -d' ' -f1 /proc/uptime); rm /var/lib/box/disk; rmdir $group; echo "$from $to"`,
    240_000,
  );
  const [from = 0, to = 0] = seconds.split(" ").map(Number);
  return to - from;
}

test("a limit of 1 MiB/s is kept, in the first five minutes after boot", { timeout: 300_000 }, async () => {
  expect(Number(await guest.out("cut -d. -f1 /proc/uptime"))).toBeLessThan(JIFFIES_WRAP_S);
  const limited = await writeSeconds("wbps=1048576");
  const free = await writeSeconds("wbps=max");
  expect(limited).toBeGreaterThan(SIZE_MIB * 0.8);
  expect(free).toBeLessThan(limited / 2);
  expect(await guest.out("dmesg | grep -c 'kernel BUG' || true")).toBe("0");
});

test("a container writes more to its disk than it has memory, but not to its tmpfs", { timeout: 300_000 }, async () => {
  const write = (file: string) =>
    guest.sh(`docker run --rm -m 16M busybox dd if=/dev/zero of=${file} bs=1M count=32`, 240_000);
  expect((await write("/file")).exitCode).toBe(0);
  expect((await write("/dev/shm/file")).exitCode).toBe(137);
});
