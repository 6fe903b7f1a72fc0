/** What the guest image promises before any container runs: the article's command as typed, Hangul, a host's mounts. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootGuest, type Guest } from "./guest.ts";

let guest: Guest;
beforeAll(async () => {
  guest = await bootGuest();
});
afterAll(() => guest?.end());

const rows = (ps: string): string[][] =>
  ps
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/));

test("the article's command shows bash as PID 1 inside, init as PID 1 outside", async () => {
  const inside = rows(await guest.out("sudo unshare --pid --fork --mount-proc bash -c 'ps -ef'"));
  const outside = rows(await guest.out("ps -ef"));
  expect(inside.map(([, pid, , , , , , command]) => [pid, command])).toEqual([
    ["1", "bash"],
    [expect.any(String), "ps"],
  ]);
  expect(outside[0]?.slice(-1)).toEqual(["init"]);
  expect(outside.length).toBeGreaterThan(10);
});

test("typed at the prompt, it starts a shell that is PID 1 and has job control", async () => {
  guest.type("hvc0", "sudo unshare --pid --fork --mount-proc bash\r");
  await guest.untilScreen("hvc0", /unshare[^#]*\n[^#]*:~#/);
  guest.type("hvc0", "echo pid=$$; sleep 100 &\r");
  await guest.untilScreen("hvc0", /pid=1\r\n\[1\] \d+/);
  guest.type("hvc0", "kill %1; exit\r");
  // bash repeats the word when it leaves; what is typed before that may be the inner shell's.
  await guest.untilScreen("hvc0", /exit\r\n[\s\S]*exit\r\n[\s\S]*:~#(?:.\[0m)? $/);
  guest.type("hvc0", "echo outside=$(( $$ > 1 ))\r");
  await guest.untilScreen("hvc0", /outside=1\r\n/);
});

test("Hangul is characters, not bytes", async () => {
  guest.type("hvc2", "printf 한글 | wc -m\r");
  await guest.untilScreen("hvc2", /wc -m\r\n\S*\r?2\r\n/);
  expect(await guest.out("printf 한글 | wc -m")).toBe("2");
  expect(await guest.out("printf 한글 | LC_ALL=C wc -m")).toBe("6");
});

test("/ is one shared overlay, images lie on 9p, the disk is a block device", async () => {
  const mounts = (await guest.out("findmnt -rno TARGET,SOURCE,FSTYPE,PROPAGATION")).split("\n");
  expect(mounts).toContain("/ overlay overlay shared");
  expect(mounts).toContain("/usr/lib/box host9p[/usr/lib/box] 9p shared");
  expect(mounts).toContain("/var/lib/box /dev/ram0 ext4 shared");
  expect(await guest.out("cat /sys/fs/cgroup/cgroup.subtree_control")).toBe("cpu io memory pids");
  expect(await guest.out("unshare --mount findmnt -rno PROPAGATION /")).toBe("private");
});

test("each blob of the image layout is what its name says, and its layers are unpacked", async () => {
  await guest.out(
    'cd /usr/lib/box/images/blobs/sha256 && for blob in *; do [ $(stat -c %s $blob) -gt 100000 ] || echo "$blob  $blob"; done | sha256sum -c --quiet',
  );
  const layers = await guest.out(
    "cat /usr/lib/box/images/blobs/sha256/* | grep -ao 'diff_ids\":\\[\"sha256:[0-9a-f]*' | sed 's/.*://'",
  );
  for (const layer of layers.split("\n")) await guest.out(`ls /usr/lib/box/layers/sha256/${layer} | grep -q .`);
  expect(layers.split("\n")).toHaveLength(7);
});

test("an unprivileged user is one, and sudo makes it root without a password", async () => {
  expect(await guest.out("setpriv --reuid 1000 --regid 1000 --init-groups id -un")).toBe("glass");
  expect((await guest.sh("setpriv --reuid 1000 --regid 1000 --init-groups hostname x")).exitCode).not.toBe(0);
  expect(await guest.out("setpriv --reuid 1000 --regid 1000 --init-groups sudo id -un")).toBe("root");
});
