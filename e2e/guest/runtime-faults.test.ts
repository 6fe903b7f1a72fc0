/**
 * The runtime is killed before and after every step of its tables, and every step is made to fail. Afterwards, by
 * introspection, the kernel holds what it held before: after `box rm -f` and the next call where it was killed, at once
 * where a step failed. Steps are taken from the tables themselves, so a new one is tested without being named here.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSteps } from "../../runtime-src/container/create-steps.ts";
import { deleteSteps } from "../../runtime-src/container/delete-steps.ts";
import { execSteps, joinSteps } from "../../runtime-src/container/exec.ts";
import { freezeSteps } from "../../runtime-src/container/freeze-steps.ts";
import { initSteps } from "../../runtime-src/container/init-steps.ts";
import { startSteps } from "../../runtime-src/container/start-steps.ts";
import { connectSteps } from "../../runtime-src/network/connect.ts";
import { bootGuest, type Guest } from "./guest.ts";
import { type KernelCounts, kernelCounts, settledCounts } from "./kernel-counts.ts";
import { errors, expectCodes, KILLED, kills, strikeAt as strikeIn } from "./strike.ts";

/** With something in it for most of the steps that not every container has. */
const RUN = [
  "docker run -d --name ff -m 32M --hostname f -v /tmp:/data --ulimit nofile=64 --security-opt no-new-privileges",
  "--read-only --tmpfs /scratch -u 1000 -w /tmp busybox sleep 1000",
].join(" ");
/** The supervisor opens its socket for others a moment after the start. */
const ATTACHABLE = "until test -S /run/box/$(docker inspect -f '{{.Id}}' ff)/attach; do :; done";
const CLEAN = "docker rm -f ff; docker ps -aq";
const CANNOT_RUN = 125;
const CANNOT_EXEC = 126;

let guest: Guest;
let before: KernelCounts;
beforeAll(async () => {
  guest = await bootGuest();
  // What the first container makes once for all of them is there before anything is counted.
  await guest.out(`${RUN}; docker exec ff true; docker rm -f ff`);
  before = await kernelCounts(guest);
});
afterAll(() => guest?.end());

const strikeAt = (faults: readonly string[], command: string, clean: string, prepare = ":") =>
  strikeIn(guest, { faults, command, clean, prepare });

const MAKING = { create: createSteps, start: startSteps, init: initSteps };

test.each(Object.entries(MAKING))("killed at each step of %s, removed, nothing is left", async (_, steps) => {
  const codes = await strikeAt(kills(steps), RUN, CLEAN);
  // Init is not the runtime's first process: its parent lives, and undoes what was made.
  expectCodes(steps, codes, steps === initSteps ? CANNOT_RUN : KILLED);
  expect(await settledCounts(guest, before)).toEqual(before);
});

test.each(Object.entries(MAKING))("an error at each step of %s undoes the steps before it", async (_, steps) => {
  const codes = await strikeAt(errors(steps), RUN, ":", "docker rm -f ff");
  expectCodes(steps, codes, CANNOT_RUN);
  await guest.sh("docker rm -f ff");
  expect(await settledCounts(guest, before)).toEqual(before);
});

test("killed at each step of delete, by rm and by a supervisor, it is done again", async () => {
  const rm = "docker rm -f ff";
  const byRm = await strikeAt(kills(deleteSteps), rm, CLEAN, "docker create --name ff busybox");
  expectCodes(deleteSteps, byRm, KILLED);
  expect(await settledCounts(guest, before)).toEqual(before);
  await strikeAt(kills(deleteSteps), "docker run --rm --name ff busybox true", CLEAN);
  expect(await settledCounts(guest, before)).toEqual(before);
});

test("killed at each step of pause and of network connect, removed, nothing is left", async () => {
  await guest.out("docker network create nn");
  const withNetwork = await kernelCounts(guest);
  const paused = await strikeAt(kills(freezeSteps), "docker pause ff", CLEAN, RUN);
  expectCodes(freezeSteps, paused, KILLED);
  const connected = await strikeAt(kills(connectSteps), "docker network connect nn ff", CLEAN, RUN);
  expectCodes(connectSteps, connected, KILLED);
  expect(await settledCounts(guest, withNetwork)).toEqual(withNetwork);
  await guest.out(RUN);
  await guest.out(ATTACHABLE);
  const running = await kernelCounts(guest);
  expectCodes(connectSteps, await strikeAt(errors(connectSteps), "docker network connect nn ff", ":"), 1);
  expect(await settledCounts(guest, running)).toEqual(running);
  await guest.out("docker rm -f ff; docker network rm nn");
  expect(await settledCounts(guest, before)).toEqual(before);
});

test("killed, or with an error, at each step of exec, the container is as it was", async () => {
  await guest.out(RUN);
  await guest.out(ATTACHABLE);
  const running = await kernelCounts(guest);
  // The process that joins is a child of the one that is killed: only the latter's end is ours.
  for (const [steps, killed] of [
    [execSteps, KILLED],
    [joinSteps, KILLED],
  ] as const) {
    expectCodes(steps, await strikeAt(kills(steps), "docker exec ff sleep 0", ":"), killed);
    expectCodes(steps, await strikeAt(errors(steps), "docker exec ff sleep 0", ":"), CANNOT_EXEC);
    expect(await settledCounts(guest, running)).toEqual(running);
  }
  expect(await guest.out("docker exec ff echo still there")).toBe("still there");
  await guest.out("docker rm -f ff");
  expect(await settledCounts(guest, before)).toEqual(before);
});
