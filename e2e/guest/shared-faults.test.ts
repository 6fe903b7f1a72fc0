/**
 * The making and the removal of networks and volumes are killed before and after each step of their tables, and every step
 * is made to fail. After the next call, or at once where a step failed, the kernel holds what it held before, and so do the
 * records: a network is a bridge, elements of nftables' sets, a folder and a name; a volume is a folder.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createVolumeSteps } from "../../runtime-src/container/create-volume.ts";
import { removeVolumeSteps } from "../../runtime-src/container/remove-volume.ts";
import { createNetworkSteps } from "../../runtime-src/network/create-network.ts";
import { removeNetworkSteps } from "../../runtime-src/network/remove-network.ts";
import { bootGuest, type Guest } from "./guest.ts";
import { type KernelCounts, kernelCounts, settledCounts } from "./kernel-counts.ts";
import { type AnyStep, errors, expectCodes, KILLED, kills, strikeAt } from "./strike.ts";

const CREATE_NETWORK = "docker network create --internal nn";
const CREATE_VOLUME = "docker volume create vv";
/** The container's image has files there, which a new volume takes over. */
const FILL_VOLUME = "docker create --name ff -v vv:/etc busybox";
const CANNOT_RUN = 125;

let guest: Guest;
let before: KernelCounts;
let elementsBefore: string;
beforeAll(async () => {
  guest = await bootGuest();
  // What the first one makes once for all of them is there before anything is counted.
  await guest.out(`${CREATE_NETWORK}; docker network rm nn; ${FILL_VOLUME}; docker rm ff; docker volume rm vv`);
  before = await kernelCounts(guest);
  elementsBefore = await elements();
});
afterAll(() => guest?.end());

/** What no count of rules shows: the bridges' names in the sets that the rules look them up in. */
const elements = (): Promise<string> => guest.out("nft list sets ip | grep -e set -e elements");

interface Change {
  readonly steps: readonly AnyStep[];
  readonly command: string;
  readonly clean: string;
  readonly prepare?: string;
  readonly failed?: number;
}

/** What cleans up is what a user would do next: the removal of what may be half there, or of nothing. */
const CHANGES: Readonly<Record<string, Change>> = {
  "network create": { steps: createNetworkSteps, command: CREATE_NETWORK, clean: "docker network rm nn" },
  "network rm": {
    steps: removeNetworkSteps,
    command: "docker network rm nn",
    clean: "docker network rm nn",
    prepare: CREATE_NETWORK,
  },
  "volume create": {
    steps: createVolumeSteps.filter(({ when }) => !when),
    command: CREATE_VOLUME,
    clean: "docker volume rm -f vv",
  },
  "volume create, by a container": {
    steps: createVolumeSteps,
    command: FILL_VOLUME,
    clean: "docker rm ff; docker volume rm -f vv; docker ps -aq",
    failed: CANNOT_RUN,
  },
  "volume rm": {
    steps: removeVolumeSteps,
    command: "docker volume rm vv",
    clean: "docker volume rm -f vv",
    prepare: CREATE_VOLUME,
  },
};

async function expectNothingLeft(): Promise<void> {
  expect(await settledCounts(guest, before)).toEqual(before);
  expect(await elements()).toBe(elementsBefore);
}

test("a network is in the sets, as long as there is one", async () => {
  await guest.out(CREATE_NETWORK);
  expect(await elements()).not.toBe(elementsBefore);
  await guest.out("docker network rm nn");
  await expectNothingLeft();
});

test.each(Object.entries(CHANGES))("%s, killed at each step", async (_, { steps, failed: __, ...strikes }) => {
  expectCodes(steps, await strikeAt(guest, { ...strikes, faults: kills(steps) }), KILLED);
  await expectNothingLeft();
});

test.each(Object.entries(CHANGES))("%s, with an error at each step, is undone", async (_, change) => {
  const { steps, command, clean, prepare = ":", failed = 1 } = change;
  await guest.out(prepare);
  const prepared = await kernelCounts(guest);
  expectCodes(steps, await strikeAt(guest, { command, clean: ":", faults: errors(steps) }), failed);
  expect(await settledCounts(guest, prepared)).toEqual(prepared);
  await guest.sh(clean);
  await expectNothingLeft();
});
