/** What the first minute needs is in the snapshot: it runs on an image whose 9p files are not there to be loaded. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type NodeMachine, startNodeMachine } from "../../lib/machine/node-machine.ts";

let dir: string;
let guest: NodeMachine;
beforeAll(async () => {
  const image = process.env.GLASSBOX_IMAGE ?? "";
  dir = mkdtempSync(path.join(tmpdir(), "glassbox-"));
  mkdirSync(path.join(dir, "tree"));
  for (const entry of readdirSync(image, { withFileTypes: true }))
    if (entry.isFile()) cpSync(path.join(image, entry.name), path.join(dir, entry.name));
  guest = await startNodeMachine(dir);
});
afterAll(async () => {
  await guest?.end();
  rmSync(dir, { recursive: true, force: true });
});

test.each([
  ["ps -ef", /init/],
  ["ls -la --color=auto /; id; hostname; cat /etc/hosts", /uid=0\(root\)/],
  ["lsns", /uts/],
  ["sudo unshare --pid --fork --mount-proc bash -c 'ps -ef'", /bash/],
  ["docker run --rm -m 100M --hostname glass busybox sh -c 'hostname; cat /sys/fs/cgroup/memory.max; ps'", /104857600/],
])("%s", async (command, expected) => {
  const { exitCode, stdout, stderr } = await guest.ask("shell", { command });
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(expected);
});
