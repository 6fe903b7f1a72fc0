/**
 * Every change of the images is killed before and after each step of its table, and every step is made to fail. The next
 * command that changes images leaves what was before, to the file, and no image in between is half there: what is listed
 * can be saved, which reads every blob and layer of it and holds them against their digests.
 */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { finishSteps } from "../../runtime-src/image/build-finish.ts";
import { commitSteps, layerSteps } from "../../runtime-src/image/commit.ts";
import { indexSteps } from "../../runtime-src/image/image-change.ts";
import { importSteps } from "../../runtime-src/image/import.ts";
import { loadSteps } from "../../runtime-src/image/load.ts";
import { removeSteps } from "../../runtime-src/image/remove.ts";
import { saveSteps } from "../../runtime-src/image/save.ts";
import { bootGuest, type Guest } from "./guest.ts";
import { putFile, tar } from "./image-archives.ts";
import { type KernelCounts, kernelCounts, settledCounts } from "./kernel-counts.ts";
import { type AnyStep, errors, expectCodes, KILLED, kills, strikeAt } from "./strike.ts";

const LAYER = tar([
  { name: "etc/", type: "5" },
  { name: "etc/own", content: "own" },
]);
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const ARCHIVE = tar([
  { name: "layer.tar", content: LAYER },
  {
    name: "config.json",
    content: JSON.stringify({
      architecture: "386",
      os: "linux",
      rootfs: { type: "layers", diff_ids: [`sha256:${sha256(LAYER)}`] },
    }),
  },
  {
    name: "manifest.json",
    content: JSON.stringify([{ Config: "config.json", RepoTags: ["made:1"], Layers: ["layer.tar"] }]),
  },
]);

const LOAD = "docker load -i /tmp/made.tar";
const CONTAINERFILE = "FROM busybox\nCOPY file /file\nRUN echo more >> /file\nLABEL a=b\n";

interface Change {
  readonly steps: readonly AnyStep[];
  readonly command: string;
  readonly clean: string;
  readonly prepare?: string;
}

const CHANGES: Readonly<Record<string, Change>> = {
  load: { steps: loadSteps, command: LOAD, clean: "docker rmi -f made:1" },
  import: { steps: importSteps, command: "docker import /tmp/layer.tar flat:1", clean: "docker rmi -f flat:1" },
  commit: {
    steps: commitSteps,
    command: "docker commit ff kept:1",
    clean:
      "docker rmi -f kept:1; docker inspect -f '{{.State.Paused}}' ff | grep -q false || echo $fault paused >> /tmp/wrong",
  },
  tag: { steps: indexSteps, command: "docker tag busybox other:1", clean: "docker rmi -f other:1" },
  rmi: { steps: removeSteps, command: "docker rmi made:1", clean: "docker rmi -f made:1", prepare: LOAD },
  save: {
    steps: saveSteps,
    command: "docker save -o /tmp/saved.tar busybox",
    clean: "docker save -o /tmp/saved.tar busybox; rm -f /tmp/saved.tar*",
  },
};

/** What is listed is whole. */
const WHOLE = `for image in $(docker images --format '{{.Repository}}:{{.Tag}}' || echo $fault images >> /tmp/wrong); do
case $image in *:1) docker save $image > /dev/null || echo $fault $image >> /tmp/wrong;; esac; done`;
const FILES = "find /var/lib/box | sort";
/** Who keeps a container of a build may end after the build. */
const AS_BEFORE = `for i in $(seq 50) last; do
[ "$(${FILES})" = "$(cat /tmp/files)" ] && break
[ $i != last ] || { echo $fault; ${FILES} | diff - /tmp/files; } >> /tmp/wrong
done`;
/** It has written its file, and its supervisor has opened its socket for others, which it does a moment after the start. */
const SETTLED =
  "until docker exec ff test -s /etc/new && test -S /run/box/$(docker inspect -f '{{.Id}}' ff)/attach; do :; done";

let guest: Guest;
let before: KernelCounts;
beforeAll(async () => {
  guest = await bootGuest();
  await putFile(guest, "/tmp/made.tar", ARCHIVE);
  await putFile(guest, "/tmp/layer.tar", LAYER);
  // What the first change makes once for all of them is there before anything is counted.
  await guest.out(
    `mkdir /tmp/context; echo content > /tmp/context/file; printf '${CONTAINERFILE}' > /tmp/context/Containerfile
     docker build -q -t built:1 /tmp/context; docker rmi built:1; docker run -d --name ff busybox sh -c 'echo new > /etc/new; exec sleep 1000'
     ${SETTLED}; ${FILES} > /tmp/files; : > /tmp/wrong`,
  );
  before = await kernelCounts(guest);
});
afterAll(() => guest?.end());

async function expectNothingLeft(): Promise<void> {
  expect(await guest.out("cat /tmp/wrong; : > /tmp/wrong")).toBe("");
  expect(await settledCounts(guest, before)).toEqual(before);
}

describe.each(Object.entries(CHANGES))("%s", (_, { steps, command, clean, prepare }) => {
  test("killed at each step", async () => {
    const cleaned = `${WHOLE}; ${clean}; ${AS_BEFORE}`;
    const strikes = { command, clean: cleaned, ...(prepare ? { prepare } : {}) };
    expectCodes(steps, await strikeAt(guest, { ...strikes, faults: kills(steps) }), KILLED);
    await expectNothingLeft();
  });

  test("an error at each step undoes the steps before it", async () => {
    if (prepare) await guest.out(`${prepare}; ${FILES} > /tmp/files`);
    const strikes = { command, clean: `${WHOLE}; ${AS_BEFORE}`, faults: errors(steps) };
    expectCodes(steps, await strikeAt(guest, strikes), 1);
    if (prepare) await guest.out(`${clean}; ${FILES} > /tmp/files`);
    await expectNothingLeft();
  });
});

/** Several changes in a row: each fault strikes the first that has its step. */
const BUILD_STEPS = [
  ...new Map([...layerSteps, ...finishSteps, ...removeSteps].map((step) => [step.name, step])).values(),
];

test("a build, killed or with an error at each step of its changes", async () => {
  const build = "docker build -q -t built:1 /tmp/context";
  const remove = "docker rmi -f built:1";
  // The next build finds what the killed one has left: its folder and its container.
  const clean = `${WHOLE}; ${remove}; ${build}; ${remove}; ${AS_BEFORE}; [ -z "$(docker ps -aqf name=build)" ] || echo $fault container >> /tmp/wrong`;
  expectCodes(BUILD_STEPS, await strikeAt(guest, { command: build, clean, faults: kills(BUILD_STEPS) }), KILLED);
  await expectNothingLeft();
  expectCodes(BUILD_STEPS, await strikeAt(guest, { command: build, clean, faults: errors(BUILD_STEPS) }), 1);
  await expectNothingLeft();
});
