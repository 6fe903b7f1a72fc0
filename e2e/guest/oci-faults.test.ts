/**
 * The runtime for bundles is killed before and after every step of its tables, and every step is made to fail. After
 * `box oci delete --force`, or at once where a step failed, the kernel holds what it held before.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { execSteps, joinSteps } from "../../runtime-src/container/exec.ts";
import { freezeSteps } from "../../runtime-src/container/freeze-steps.ts";
import { bundleCreateSteps } from "../../runtime-src/oci/bundle-create.ts";
import { bundleDeleteSteps } from "../../runtime-src/oci/bundle-delete.ts";
import { bundleInitSteps, bundleStartSteps } from "../../runtime-src/oci/bundle-run-init.ts";
import { bundleReleaseSteps } from "../../runtime-src/oci/bundle-start.ts";
import { bootGuest, type Guest } from "./guest.ts";
import { type KernelCounts, kernelCounts, settledCounts } from "./kernel-counts.ts";
import { BASE, merge } from "./oci-bundle.ts";
import { errors, expectCodes, KILLED, kills, strikeAt as strikeIn } from "./strike.ts";

const BUNDLE = "/tmp/bundle";
const HOOK = [{ path: "/bin/true" }];
/** With something in it for most of the steps that not every bundle has. */
const CONFIG = merge(BASE, {
  process: {
    args: ["sleep", "1000"],
    rlimits: [{ type: "RLIMIT_NOFILE", soft: 64, hard: 64 }],
    oomScoreAdj: 100,
    noNewPrivileges: true,
  },
  root: { readonly: true },
  hooks: {
    prestart: HOOK,
    createRuntime: HOOK,
    createContainer: HOOK,
    startContainer: HOOK,
    poststart: HOOK,
    poststop: HOOK,
  },
  linux: {
    cgroupsPath: "/oci-faults/ff",
    resources: { pids: { limit: 20 }, devices: [{ allow: false, access: "rwm" }] },
    maskedPaths: ["/proc/kcore"],
    readonlyPaths: ["/proc/sys"],
    sysctl: { "net.ipv4.ip_forward": "1" },
    seccomp: { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_ERRNO" }] },
  },
});
const PREPARE = `mkdir -p ${BUNDLE}/rootfs && cd ${BUNDLE}/rootfs && mkdir -p bin proc dev sys tmp
cp /bin/busybox bin/ && for name in sh sleep true echo; do ln -s busybox bin/$name; done
cat > ${BUNDLE}/config.json <<'END'
${JSON.stringify(CONFIG)}
END`;

const CREATE = `box oci create --bundle ${BUNDLE} ff`;
const START = `${CREATE} && box oci start ff`;
/** The container keeps the descriptors that it is given. */
const RUN = `sh -c '${START}' < /dev/null`;
const QUIET = "< /dev/null > /dev/null 2>&1";
const CLEAN = "box oci delete --force ff";
const FAILED = 1;

let guest: Guest;
let before: KernelCounts;
beforeAll(async () => {
  guest = await bootGuest();
  await guest.out(PREPARE);
  // What the first container makes once for all of them is there before anything is counted.
  await guest.out(`{ ${START}; } ${QUIET} && box oci exec ff true && ${CLEAN}`);
  before = await counts();
});
afterAll(() => guest?.end());

const strikeAt = (faults: readonly string[], command: string, clean: string, prepare = ":") =>
  strikeIn(guest, { faults, command, clean, prepare });

const FILES = "ls -A /run/box-oci; ls -d /sys/fs/cgroup/oci-faults/* 2> /dev/null; true";
const counts = async (): Promise<KernelCounts> => ({ ...(await kernelCounts(guest)), state: await guest.out(FILES) });

async function expectCounts(wanted: KernelCounts): Promise<void> {
  const { state, ...kernel } = wanted;
  expect(await settledCounts(guest, kernel)).toEqual(kernel);
  expect(await guest.out(FILES)).toBe(state);
}

/** Where the struck process is the command itself, and where it is the container's init, whose parent lives. */
const CREATING = new Set(bundleCreateSteps.map(({ name }) => name));
const MAKING = [
  ["create", bundleCreateSteps, KILLED],
  ["start", bundleReleaseSteps, KILLED],
  // What the creator does for a bundle's init under the same name has been struck with it.
  ["init", bundleInitSteps.filter(({ name }) => !CREATING.has(name)), FAILED],
] as const;

test.each(MAKING)("killed at each step of %s, deleted, nothing is left", async (_, steps, code) => {
  expectCodes(steps, await strikeAt(kills(steps), RUN, CLEAN), code);
  await expectCounts(before);
});

test.each(MAKING)("an error at each step of %s, and nothing is left", async (name, steps) => {
  // A container that was made stays made when it could not be started.
  const clean = name === "start" ? CLEAN : ":";
  expectCodes(steps, await strikeAt(errors(steps), RUN, clean, "box oci delete --force ff"), FAILED);
  if (name !== "start") expect(await guest.out("box oci list -q")).toBe("");
  await expectCounts(before);
});

test("an init that ends between create and its program is deleted like any other", async () => {
  // From the word to start on, its end is its own: nobody waits for more than the end of result.fifo.
  for (const faults of [kills(bundleStartSteps), errors(bundleStartSteps)]) {
    for (const code of (await strikeAt(faults, RUN, CLEAN)).values()) expect([0, FAILED]).toContain(code);
    await expectCounts(before);
  }
});

test("killed, or with an error, at each step of delete, it is done again", async () => {
  expectCodes(bundleDeleteSteps, await strikeAt(kills(bundleDeleteSteps), CLEAN, CLEAN, START), KILLED);
  await expectCounts(before);
  expectCodes(bundleDeleteSteps, await strikeAt(errors(bundleDeleteSteps), CLEAN, CLEAN, START), FAILED);
  await expectCounts(before);
});

test("killed, or with an error, at each step of exec and pause, the container is as it was", async () => {
  await guest.out(`{ ${START}; } ${QUIET}`);
  const running = await counts();
  for (const steps of [execSteps, joinSteps]) {
    expectCodes(steps, await strikeAt(kills(steps), "box oci exec ff sleep 0", ":"), KILLED);
    expectCodes(steps, await strikeAt(errors(steps), "box oci exec ff sleep 0", ":"), FAILED);
    await expectCounts(running);
  }
  const resume = "box oci resume ff";
  expectCodes(freezeSteps, await strikeAt(kills(freezeSteps), "box oci pause ff", resume), KILLED);
  expectCodes(freezeSteps, await strikeAt(errors(freezeSteps), "box oci pause ff", resume), FAILED);
  expect(await guest.out("box oci exec ff echo still there")).toBe("still there");
  await guest.out(CLEAN);
  await expectCounts(before);
});
