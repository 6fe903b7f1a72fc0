/** An upper layer is what its file system holds: names that the kernel forgets stay in the picture, what is removed goes. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { diffLayers } from "../../lib/model/diff-mounts.ts";
import type { LayerEntry } from "../../lib/protocol/kernel-mount.ts";
import { introspectionSetting, type Setting } from "./introspect-setting.ts";

/** More than fit into one block of a folder, so that ext4 indexes it. */
const FILES = 300;
const STAMP = { atNs: 0, sequence: 0 };

let setting: Setting;
beforeAll(async () => {
  setting = await introspectionSetting();
});
afterAll(() => setting?.guest.end());

const layer = (device: string): readonly LayerEntry[] =>
  setting.snapshot().overlays.find((overlay) => overlay.device === device)?.upper ?? [];

/** MAJOR:MINOR of the only overlay whose upper layer has that file. */
function deviceWith(path: string): string {
  const found = setting.snapshot().overlays.filter(({ upper }) => upper.some((entry) => entry.path === path));
  expect(found).toHaveLength(1);
  return found[0]?.device ?? "";
}

/** Dentries and inodes that nobody uses; written files first, as those stay otherwise. Returns how many dentries went. */
async function forget(): Promise<number> {
  const dentries = "cut -f1 /proc/sys/fs/dentry-state";
  const counts = await setting.guest.out(`${dentries}; sync; echo 2 > /proc/sys/vm/drop_caches; ${dentries}`);
  const [before = 0, after = 0] = counts.split("\n").map(Number);
  return before - after;
}

test("memory pressure takes nothing out of a container's layer; rm does", async () => {
  const { guest } = setting;
  await guest.out("docker run -d --name writer busybox sleep 100000");
  const made = `mkdir -p /many/deep; for i in $(seq ${FILES}); do echo $i > /many/file-with-a-long-name-$i; done; ln -s x /many/link`;
  await guest.out(
    `docker exec writer sh -c '${made}; echo root2 >> /etc/passwd; rm /etc/group; echo deep > /many/deep/file'`,
  );
  const device = deviceWith("many/deep/file");
  const before = layer(device);
  expect(before.filter(({ path }) => path.startsWith("many/file-"))).toHaveLength(FILES);
  expect(before.find(({ path }) => path === "etc/passwd")).toMatchObject({ kind: "file", copiedUp: true });
  expect(before.find(({ path }) => path === "etc/group")).toMatchObject({ kind: "whiteout" });

  const whole = setting.snapshot();
  expect(await forget()).toBeGreaterThan(FILES);
  const forgotten = setting.snapshot();
  expect(diffLayers(whole, forgotten, STAMP)).toEqual([]);
  expect(withoutOrigins(layer(device))).toEqual(withoutOrigins(before));
  expect(layer(device).find(({ path }) => path === "etc/passwd")?.copiedUp).toBe(true);

  // Looked up anew, by an overlay that no longer asks the lower layer.
  await guest.out("docker exec writer cat /etc/passwd /many/deep/file");
  expect(layer(device).find(({ path }) => path === "etc/passwd")?.copiedUp).toBe(true);

  const remembered = setting.snapshot();
  await guest.out("docker exec writer rm /many/file-with-a-long-name-7 /etc/passwd");
  expect(diffLayers(remembered, setting.snapshot(), STAMP)).toEqual([
    { ...STAMP, device, kind: "whiteout", path: "etc/passwd" },
    { ...STAMP, device, kind: "layer-gone", path: "many/file-with-a-long-name-7" },
  ]);
});

test("what was dropped before it was ever looked at is there, too", async () => {
  const { guest } = setting;
  await guest.out("docker stop -t 0 writer");
  await forget();
  await guest.out("docker start writer");
  const upper = layer(deviceWith("many/deep/file"));
  expect(upper.filter(({ path }) => path.startsWith("many/file-"))).toHaveLength(FILES - 1);
  expect(upper.find(({ path }) => path === "many/deep/file")).toMatchObject({ kind: "file", sizeBytes: 5 });
  expect(upper.find(({ path }) => path === "etc/group")).toMatchObject({ kind: "whiteout" });
  expect(upper.find(({ path }) => path === "many/link")).toMatchObject({ kind: "symlink", sizeBytes: 1 });
});

/** Whether a lower layer has it too is unknown where the overlay has forgotten the name and nothing was copied. */
const withoutOrigins = (entries: readonly LayerEntry[]) =>
  entries.map(({ copiedUp, ...entry }) => ({ ...entry, copiedUp: copiedUp === true }));
