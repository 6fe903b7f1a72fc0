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

interface Written {
  /** Guest time from begin to end. */
  readonly seconds: number;
  /** What of it the writer waited for the disk: io.pressure of its group. */
  readonly waitedSeconds: number;
}

/** Direct writes of SIZE_MIB in a group with that io.max. */
async function write(limit: string): Promise<Written> {
  const told = await guest.out(
    `group=/sys/fs/cgroup/disk; mkdir $group; echo "1:0 ${limit}" > $group/io.max
    from=$(cut -d' ' -f1 /proc/uptime)
    bash -c "echo \\$\\$ > $group/cgroup.procs; exec dd if=/dev/zero of=/var/lib/box/disk bs=64k count=${SIZE_MIB * 16} oflag=direct" 2>/dev/null || exit
    to=$(cut -d' ' -f1 /proc/uptime); echo "$from $to $(sed -n 's/^some.*total=//p' $group/io.pressure)"
    rm /var/lib/box/disk; rmdir $group`,
  );
  const [from = 0, to = 0, waitedUs = 0] = told.split(" ").map(Number);
  return { seconds: to - from, waitedSeconds: waitedUs / 1e6 };
}

test("a limit of 1 MiB/s is kept, in the first five minutes after boot", async () => {
  expect(Number(await guest.out("cut -d. -f1 /proc/uptime"))).toBeLessThan(JIFFIES_WRAP_S);
  const limited = await write("wbps=1048576");
  const free = await write("wbps=max");
  expect(limited.seconds).toBeGreaterThan(SIZE_MIB * 0.8);
  expect(free.waitedSeconds).toBeLessThan(limited.waitedSeconds / 10);
  expect(await guest.out("dmesg | grep -c 'kernel BUG' || true")).toBe("0");
});

test("a container writes more to its disk than it has memory, but not to its tmpfs", async () => {
  const fill = (file: string) => guest.sh(`docker run --rm -m 16M busybox dd if=/dev/zero of=${file} bs=1M count=32`);
  expect((await fill("/file")).exitCode).toBe(0);
  expect((await fill("/dev/shm/file")).exitCode).toBe(137);
});
