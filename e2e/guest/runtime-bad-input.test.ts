import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { bootGuest, type Guest } from "./guest.ts";
import { BAD_CONFIGS, bundleFiles } from "./runtime-bad-configs.ts";
import { BAD_FLAGS, type BadInput } from "./runtime-bad-flags.ts";
import { BAD_IMAGES } from "./runtime-bad-images.ts";
import { BAD_ORDERS, ORDERS_CLEAN_UP, ORDERS_PREPARE } from "./runtime-bad-orders.ts";
import { BAD_WORDS } from "./runtime-bad-words.ts";
import { residue, settledResidue } from "./runtime-residue.ts";
import { type Attempt, attemptOutside } from "./runtime-security-setting.ts";

let guest: Guest;
let before: string;
beforeAll(async () => {
  guest = await bootGuest();
  before = await residue(guest);
});
afterEach(async () => expect(await settledResidue(guest, before)).toBe(before));
afterAll(() => guest.end());

const BATCH = 40;
/** Cheap enough to be asked after each command, so that what leaves something is known by name. */
const LOOK = `look() { set -- /run/box/[0-9a-f]*/ /run/box/names/* /var/lib/box/containers/* /sys/fs/cgroup/box/*/; for at; do [ -e $at ] && echo $at; done; wc -l < /proc/self/mountinfo; }
settled() { for i in $(seq 200); do [ "$(look)" = "$BEFORE" ] && return 0; done; diff <(echo "$BEFORE") <(look); }
export -f look settled; export BEFORE="$(look)"`;

/** Half of the answers say what the command said, the other half what it left. */
async function attemptAll(list: readonly BadInput[]): Promise<{ readonly said: Attempt; readonly left: Attempt }[]> {
  const answers: Attempt[] = [];
  for (let at = 0; at < list.length; at += BATCH) {
    const commands = list.slice(at, at + BATCH).flatMap(([, command]) => [command, "settled"]);
    answers.push(...(await attemptOutside(guest, LOOK, commands)));
  }
  return list.map((_, i) => ({ said: answers[2 * i] as Attempt, left: answers[2 * i + 1] as Attempt }));
}

function check(
  list: readonly BadInput[],
  answers: readonly { readonly said: Attempt; readonly left: Attempt }[],
): void {
  const wrong = list.flatMap(([what, command, exitCode, says], i) => {
    const { said, left } = answers[i] ?? { said: { exitCode: -1, words: "" }, left: { exitCode: -1, words: "" } };
    const faults = [
      ...(said.exitCode === exitCode ? [] : [`exit ${said.exitCode}, not ${exitCode}`]),
      ...(says.test(said.words) ? [] : [`does not say ${says}`]),
      ...(left.exitCode === 0 ? [] : [`left: ${left.words}`]),
    ];
    return faults.length === 0 ? [] : [`${what}: ${command}\n  ${faults.join("; ")}\n  ${said.words}`];
  });
  expect(wrong.join("\n")).toBe("");
}

describe("refused with its words and its exit code, and nothing is left", () => {
  test(`${BAD_FLAGS.length} command lines`, async () => check(BAD_FLAGS, await attemptAll(BAD_FLAGS)));

  test(`${BAD_WORDS.length} wrong words`, async () => check(BAD_WORDS, await attemptAll(BAD_WORDS)));

  test(`${BAD_ORDERS.length} orders`, async () => {
    await guest.out(ORDERS_PREPARE);
    check(BAD_ORDERS, await attemptAll(BAD_ORDERS));
    await guest.out(ORDERS_CLEAN_UP);
  });

  test(`${BAD_CONFIGS.length} bundles`, async () => {
    await guest.out(bundleFiles());
    check(BAD_CONFIGS, await attemptAll(BAD_CONFIGS));
    expect(await guest.out("box oci list -q; ls -A /run/box/oci 2>/dev/null; rm -r /tmp/bundles")).toBe("");
  });

  test(`${BAD_IMAGES.length} images`, async () => {
    // packed for the way: tar is mostly zeros
    const files = BAD_IMAGES.map(
      ([, archive], i) => `echo ${gzipSync(archive).toString("base64")} | base64 -d | gunzip > /tmp/bad-${i}`,
    );
    await guest.out(`mkdir -p /tmp/outside\n${files.join("\n")}`);
    const images = await guest.out("docker images -q | wc -l; du -s /var/lib/box | cut -f1");
    const list = BAD_IMAGES.map(([what, , says], i): BadInput => [what, `docker load -i /tmp/bad-${i}`, 1, says]);
    check(list, await attemptAll(list));
    expect(await guest.out("docker images -q | wc -l; du -s /var/lib/box | cut -f1")).toBe(images);
    expect(await guest.out("ls -A /tmp/outside; rm /tmp/bad-*")).toBe("");
  });
});

test("there are at least 150 of them, each another", () => {
  const all = [...BAD_FLAGS, ...BAD_WORDS, ...BAD_ORDERS, ...BAD_CONFIGS, ...BAD_IMAGES].map(([what]) => what);
  expect(new Set(all).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(150);
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
  // Who has it keeps it until the other one has been refused.
  const run =
    "docker run --rm --name same -v /tmp/same:/same busybox sh -c 'until test -e /same/go; do usleep 10000; done'";
  const out = await guest.out(
    `mkdir /tmp/same; (${run}; echo $?) 2>/dev/null & (${run}; echo $?) 2>/dev/null & wait -n; touch /tmp/same/go; wait; rm -r /tmp/same`,
  );
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
