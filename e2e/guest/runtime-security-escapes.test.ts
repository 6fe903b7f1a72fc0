/** Ways out that a runtime itself leaves open: its program, its descriptors, the paths it follows, the root it changes. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { DENIED } from "../../runtime-src/oci/seccomp-profile.ts";
import { bootGuest, type Guest } from "./guest.ts";
import { residue, settledResidue } from "./runtime-residue.ts";
import { putHelper } from "./runtime-security-setting.ts";
import { settled } from "./settle.ts";

let guest: Guest;
let before: string;
beforeAll(async () => {
  guest = await bootGuest();
  await putHelper(guest);
  await guest.out(
    "mkdir -p /tmp/outside /tmp/vol/sub /tmp/v; ln -s /tmp/outside /tmp/vol/link; echo treasure > /root/secret",
  );
  before = await residue(guest);
});
afterEach(async () => {
  await guest.out("docker rm -f $(docker ps -aq) >/dev/null 2>&1; true");
  expect(await settledResidue(guest, before)).toBe(before);
});
afterAll(() => guest.end());

const start = (name: string, command: string, flags = "") =>
  guest.out(`docker run -d --name ${name} -v /tmp/h:/h:ro ${flags} busybox ${command}`);
const pidOf = (name: string) => guest.out(`docker inspect -f '{{.State.Pid}}' ${name}`);

test("no descriptor of the runtime is left: neither seen nor to be stood in (CVE-2024-21626)", async () => {
  await start("cage", "sleep 1000");
  const each = (command: string) => `for n in $(seq 3 18); do ${command} 2>&1; done`;
  const ways = ["docker run --rm -w /proc/self/fd/$n busybox pwd", "docker exec -w /proc/self/fd/$n cage pwd"];
  const said = (await guest.out(`${ways.map(each).join("\n")}; true`)).split("\n");
  expect(said).toHaveLength(32);
  for (const line of said) expect(line).toMatch(/ENOENT|ENOTDIR/);
  const list = "ls /proc/self/fd";
  expect(await guest.out(`docker run --rm busybox ${list}; docker exec cage ${list}`)).toBe("0\n1\n2\n3\n0\n1\n2\n3");
  // a tool that does leak one shows the host
  const leaky = `exec 9</; nsenter -t ${await pidOf("cage")} -m -p busybox cat /proc/self/fd/9/root/secret`;
  expect(await guest.out(leaky)).toBe("treasure");
});

test("the runtime's program is seen by who waits for it inside, and cannot be written to (CVE-2019-5736)", async () => {
  await start("cage", "sleep 1000");
  // the script is run by the very program that executes it
  await guest.out("docker exec cage sh -c 'echo \"#!/proc/self/exe\" > /bin/evil; chmod +x /bin/evil'");
  const seize = "docker exec -d cage sh -c '/h/helper seize > /result'";
  // a copy, that no resident runs; until who waits has got hold of it
  const enter = "BOX_DIRECT=1 /tmp/v/box exec cage /bin/evil 2>/dev/null";
  await guest.out(
    `cp /usr/bin/box /tmp/v/box; ${seize}; until docker exec cage grep -q . /result; do ${enter}; done; true`,
  );
  expect(await guest.out("docker exec cage cat /result")).toBe("EROFS");
  await guest.out("cmp /usr/bin/box /tmp/v/box");
});

test("who watches /proc inside sees nothing of the runtime that comes in; with CAP_SYS_PTRACE he does", async () => {
  const seen = async (name: string, flags: string) => {
    await start(name, "sh -c 'mkdir -p /tmp; exec /h/helper spy > /out/seen'", `-v /tmp/v:/out ${flags}`);
    // The program stays long enough to be seen for certain.
    const execs = `for i in 1 2 3 4 5 6; do docker exec ${name} usleep 50000; done; docker exec ${name} touch /tmp/enough`;
    await guest.out(`${execs}; docker wait ${name}; docker rm ${name}`);
    return (await guest.out("grep -v /tmp/enough /tmp/v/seen | sort -u")).split("\n");
  };
  expect(await seen("watch", "")).toEqual(["cwd /", "exe /bin/busybox", "ok"]);
  // "/" is the name of the runtime's program, on a mount of its own. It is there for milliseconds, so he may have to look again.
  const isSeen = (lines: readonly string[]) => lines.includes("exe /") && lines.some((line) => line.startsWith("fd/"));
  expect(await settled(() => seen("watch-more", "--cap-add SYS_PTRACE"), isSeen)).toSatisfy(isSeen);
});

test("a volume's path is followed inside the container, whatever its links say", async () => {
  await start(
    "sly",
    "sh -c 'test -L /data || { mv /data /old; mkdir -p /tmp/outside; ln -s /tmp/outside /data; }; sleep 1000'",
    "-v /tmp/v:/data/x",
  );
  await guest.out("until docker exec sly test -L /data; do :; done; docker stop -t 0 sly; docker start sly");
  expect(await guest.out("docker exec sly sh -c 'readlink /data; ls -d /tmp/outside/x'")).toBe(
    "/tmp/outside\n/tmp/outside/x",
  );
  expect(await guest.out("ls -A /tmp/outside")).toBe("");
  // for who follows it from outside it ends on the host
  expect(await guest.out("readlink -f /var/lib/box/containers/*/upper/data")).toBe("/tmp/outside");
});

test("a mount target that changes into a link while it is mounted on does not lead out", async () => {
  await start("flipper", "/h/helper swap /vol/sub /vol/link /vol/enough", "-v /tmp/vol:/vol");
  const victim = "docker run --rm -v /tmp/vol:/vol -v /tmp/v:/vol/sub busybox touch /vol/sub/hit";
  await guest.out(`for i in 1 2 3 4 5 6 7 8 9 10; do ${victim} 2>/dev/null; done; touch /tmp/vol/enough`);
  expect(await guest.out("docker wait flipper; ls -A /tmp/outside; grep -c outside /proc/mounts || true")).toBe("0\n0");
});

test("what leaves a chroot does not leave a container's root, which was pivoted to", async () => {
  const leave = "/h/helper leave-chroot /bin/busybox cat /root/secret";
  await guest.out("mkdir -p /tmp/jail/bin /tmp/jail/h; cp /bin/busybox /tmp/jail/bin; cp /tmp/h/helper /tmp/jail/h");
  expect(await guest.out(`chroot /tmp/jail ${leave}`)).toBe("treasure");
  const inside = await guest.sh(`docker run --rm -v /tmp/h:/h:ro busybox ${leave}`);
  expect(inside.stderr).toMatch(/can't open '\/root\/secret'/);
});

test("every syscall that the profile refuses is refused", async () => {
  const numbers = Object.values(DENIED).join(" ");
  const attempt = (flags: string, list: string) =>
    guest.out(`docker run --rm -v /tmp/h:/h:ro ${flags} busybox /h/helper try-calls ${list}`);
  expect(await attempt("", numbers)).toBe("ok");
  const { unshare, mount, bpf, setns } = DENIED;
  const through = await attempt("--privileged", `${unshare} ${mount} ${bpf} ${setns}`);
  expect(through.split(" ")).toHaveLength(5);
});
