/**
 * The same bundles through `box oci run` and `crun run` in the same guest: what a probe inside sees is equal, or
 * oci-differences.ts says which clause of the runtime-spec decides for us. One guest command runs many bundles.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootGuest, type Guest } from "./guest.ts";
import { BASE, type Bundle, FOLDER, merge } from "./oci-bundle.ts";
import { BUNDLES, REFUSED } from "./oci-bundles.ts";
import { CRUN_FAILS, explained } from "./oci-differences.ts";
import { normalized, type Seen, seenBy } from "./oci-facts.ts";
import { residue, settledResidue } from "./runtime-residue.ts";

/** On 9p itself: a file put there is seen at once. */
const DELIVERY = "/usr/lib/box";
const RUNTIMES = ["box", "crun"] as const;
const PER_COMMAND = 6;
const PIECE_BYTES = 32_768;

const PREPARE = `
set -e
mkdir -p ${FOLDER}/ns ${FOLDER}/source ${FOLDER}/shared ${FOLDER}/guarded
echo content > ${FOLDER}/source/file && touch ${FOLDER}/source/mapped && chown 1000:1000 ${FOLDER}/source/mapped
mount -t tmpfs -o nosuid,nodev,noexec guarded ${FOLDER}/guarded
mount -t tmpfs inner ${FOLDER}/shared && mount --make-shared ${FOLDER}/shared
mkdir ${FOLDER}/source/below && mount -t tmpfs -o size=64k below ${FOLDER}/source/below
for name in ipc uts; do touch ${FOLDER}/ns/$name; done
touch ${FOLDER}/ns/network ${FOLDER}/ns/pid
unshare --net=${FOLDER}/ns/network --ipc=${FOLDER}/ns/ipc --uts=${FOLDER}/ns/uts true
unshare --fork --kill-child --pid sleep 100000 >/dev/null 2>&1 </dev/null & echo $! > ${FOLDER}/sleeper
until child=$(pgrep -P $(cat ${FOLDER}/sleeper)); do :; done
mount --bind /proc/$child/ns/pid ${FOLDER}/ns/pid
for runtime in box crun; do
  root=${FOLDER}/$runtime/rootfs
  mkdir -p $root/bin $root/etc $root/proc $root/dev $root/sys $root/home $root/tmp $root/masked $root/full $root/given
  cp ${DELIVERY}/oci-probe $root/bin/probe && chmod 755 $root/bin/probe
  echo 'root:x:0:0:root:/home/of-root:/bin/sh' > $root/etc/passwd
  echo 'user:x:1000:1000:user:/home/of-user:/bin/sh' >> $root/etc/passwd
  echo hidden > $root/masked/inner && echo kept > $root/full/file && chmod 640 $root/full/file && mkdir $root/full/folder && touch $root/full/folder/inner && ln -s file $root/full/link
  ln -s /tmp $root/link && ln -s /../../../tmp/outside $root/out
done
mkdir -p /run/oci-crun`;

/** Runs the bundles in both runtimes: for each a head line with the exit code, then what the probe said. */
const runCommand = (names: readonly string[]): string => `
for name in ${names.join(" ")}; do for runtime in ${RUNTIMES.join(" ")}; do
  cd ${FOLDER}/$runtime && cp ${DELIVERY}/oci-$name.json config.json
  if [ $runtime = box ]; then run="box oci"; else run="crun --cgroup-manager=cgroupfs"; fi
  $run run it </dev/null >/run/oci-crun/out 2>/run/oci-crun/err; code=$?
  $run delete -f it >/dev/null 2>&1
  echo "=== $name $runtime $code $(tr '\\n' ' ' < /run/oci-crun/err)"; cat /run/oci-crun/out
done; done | gzip > /run/oci-crun/answer`;

let guest: Guest;
let before: string;
let host: Seen;
const answers = new Map<string, Seen>();

beforeAll(async () => {
  guest = await bootGuest();
  before = await residue(guest);
  const put = (name: string, data: Uint8Array) => guest.session().emulator.putFile(`${DELIVERY}/oci-${name}`, data);
  await put("probe", probeProgram());
  const all = [...BUNDLES, ...REFUSED];
  for (const [i, { config }] of all.entries()) await put(`${i}.json`, Buffer.from(JSON.stringify(merge(BASE, config))));
  await guest.out(PREPARE);
  host = seenBy(await guest.out(`${FOLDER}/box/rootfs/bin/probe`));
  for (let from = 0; from < all.length; from += PER_COMMAND) {
    const names = all.slice(from, from + PER_COMMAND).map((_, i) => String(from + i));
    await guest.out(runCommand(names));
    for (const part of (await answer()).split(/^=== /m).slice(1)) {
      const [head = "", ...lines] = part.split("\n");
      const [name = "", runtime = "", code, ...words] = head.split(" ");
      answers.set(`${name} ${runtime}`, seenBy(lines.join("\n"), Number(code), words.join(" ")));
    }
  }
});
afterAll(() => guest.end());

async function answer(): Promise<string> {
  const pieces: Buffer[] = [];
  for (let at = 0; ; at += PIECE_BYTES) {
    const piece = await guest.out(`tail -c +${at + 1} /run/oci-crun/answer | head -c ${PIECE_BYTES} | base64`);
    if (piece === "") return gunzipSync(Buffer.concat(pieces)).toString();
    pieces.push(Buffer.from(piece, "base64"));
  }
}

/** Compiled as the kernel is: gcc -m32, without a library. */
function probeProgram(): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), "glassbox-probe-"));
  try {
    const program = path.join(folder, "probe");
    const source = path.join(import.meta.dirname, "oci-probe.c");
    const options = "-m32 -Os -nostdlib -static -ffreestanding -fno-pic -no-pie -fno-asynchronous-unwind-tables -s";
    const more = ["-fno-stack-protector", "-Wl,--build-id=none,-N", "-w"];
    execFileSync("gcc", [...options.split(" "), ...more, "-o", program, source], { stdio: "pipe" });
    return readFileSync(program);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const answersOf = (index: number): [Seen, Seen] => {
  const [ours, theirs] = RUNTIMES.map((runtime) => answers.get(`${index} ${runtime}`));
  if (!ours || !theirs) throw new Error(`bundle ${index} has no answer`);
  return [ours, theirs];
};

test("there are enough of them", () => expect(BUNDLES.length).toBeGreaterThanOrEqual(60));

test.each(BUNDLES.map((bundle, index) => [bundle.name, bundle, index] as const))("%s", (_, bundle: Bundle, index) => {
  const [ours, theirs] = answersOf(index).map((seen) => explained(bundle.name, normalized(seen, host))) as [Seen, Seen];
  if (Object.hasOwn(CRUN_FAILS, bundle.name)) {
    expect([ours.exitCode, theirs.exitCode === 0]).toEqual([0, false]);
    return;
  }
  expect(ours).toEqual(theirs);
});

test("shifted clocks are shifted", () => {
  const index = BUNDLES.findIndex(({ name }) => name === "shifted clocks");
  const found = answersOf(index)[0].facts.filter((line) => line.startsWith("timens"));
  expect(found.map((line) => line.replaceAll(/\s+/g, " "))).toEqual([
    "timens monotonic 1000 0",
    "timens boottime 5000 7",
  ]);
});

test.each(REFUSED.map(({ name }, i) => [name, BUNDLES.length + i] as const))("both refuse: %s", (_, index) => {
  const [ours, theirs] = answersOf(index);
  expect([ours.exitCode, theirs.exitCode]).not.toContain(0);
  expect(ours.words).toMatch(/^box oci: /);
});

test("nothing of them is left", async () => {
  expect(await guest.out("ls /run/box-oci")).toBe("");
  // KILL: unshare(1) ignores TERM while it waits for its child
  await guest.out(`kill -9 $(cat ${FOLDER}/sleeper); cd ${FOLDER} && umount ns/* source/below shared guarded`);
  await guest.out("find /sys/fs/cgroup/oci-crun -depth -type d -exec rmdir {} +");
  expect(await settledResidue(guest, before)).toBe(before);
});
