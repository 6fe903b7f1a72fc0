import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { startNodeMachine } from "../../lib/machine/node-machine.ts";

let folder = "";
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a snapshot that cannot be restored leads to a cold boot of the same image", async () => {
  const image = process.env.GLASSBOX_IMAGE ?? "";
  folder = mkdtempSync(path.join(tmpdir(), "broken-image-"));
  for (const name of readdirSync(image)) {
    if (name.startsWith("state.")) writeFileSync(path.join(folder, name), "no state of any machine".repeat(100));
    else symlinkSync(path.join(image, name), path.join(folder, name));
  }
  const machine = await startNodeMachine(folder);
  const states = machine.notices.flatMap((notice) => (notice.type === "boot-state" ? [notice.boot.state] : []));
  expect([...new Set(states)]).toEqual(["downloading", "restoring", "booting", "syncing", "ready"]);
  machine.type("hvc0", "echo co''ld\n");
  await machine.untilScreen("hvc0", /cold\r\n/);
  await machine.end();
});
