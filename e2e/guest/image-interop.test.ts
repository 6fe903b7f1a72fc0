/**
 * Images between here and Debian's skopeo and umoci on the build machine: one that umoci made runs in the guest; what the
 * guest saves is read by both, and unpacked by umoci it is the tree that the container had.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requireHostPackages } from "../../guest-image/lib/host-packages.ts";
import { bootGuest, type Guest } from "./guest.ts";
import { getFile, putFile } from "./image-archives.ts";

/** Not needed to build: only this test has them installed. */
const TOOLS = { "/usr/bin/skopeo": "skopeo", "/usr/bin/umoci": "umoci" };

let guest: Guest;
let work: string;
beforeAll(async () => {
  await requireHostPackages(TOOLS);
  work = mkdtempSync(path.join(tmpdir(), "image-interop-"));
  guest = await bootGuest();
});
afterAll(async () => {
  await guest?.end();
  rmSync(work, { recursive: true, force: true });
});

const out = (command: string) => guest.out(command);

const host = (script: string): string =>
  execFileSync("bash", ["-e", "-o", "pipefail", "-c", script], { cwd: work, encoding: "utf8", maxBuffer: 1 << 26 });

/** A file of the guest's tree, from the image's pool. */
function guestFile(file: string): Buffer {
  const dir = process.env.GLASSBOX_IMAGE ?? "";
  let entries = JSON.parse(readFileSync(path.join(dir, "fs.json"), "utf8")).fsroot;
  let entry: (string | unknown[])[] = [];
  for (const name of file.split("/")) {
    entry = entries.find(([known]: [string]) => known === name);
    entries = entry[6];
  }
  return execFileSync("zstd", ["-dc", path.join(dir, "tree", String(entry[6]))], { maxBuffer: 1 << 26 });
}

/** Every entry with type, mode, owner, size, link and attributes: what tar says of it, times of folders apart. */
const listing = (tarFile: string): string[] =>
  host(`tar --xattrs --xattrs-include='*' --numeric-owner -tvvf ${tarFile}`)
    .split(/\n(?! {2}x:)/)
    .filter(Boolean)
    .map((line) =>
      line
        .replace(/ +\d{4}-\d\d-\d\d \d\d:\d\d /, " ")
        .replace(/\s+/g, " ")
        .replace(/ \.\/(?=.)/, " ")
        .replaceAll(" ./", " "),
    )
    .filter((line) => !/ \.?\/?$/.test(line) && !/ (?:dev|etc|proc|sys)\//.test(line))
    .sort();

const asRoot = test.skipIf(process.getuid?.() !== 0);

asRoot("umoci's image runs here; what is saved here skopeo reads and umoci unpacks, the same to the bit", async () => {
  mkdirSync(path.join(work, "add"));
  writeFileSync(path.join(work, "add/busybox"), guestFile("usr/bin/busybox"), { mode: 0o755 });
  host(`
    umoci init --layout oci && umoci new --image oci:demo && umoci unpack --image oci:demo bundle
    cd bundle/rootfs && mkdir -p bin data/sub dev proc sys etc && cp ../../add/busybox bin/ && ln -s busybox bin/sh && ln -s busybox bin/cat
    echo one > data/one && ln data/one data/hard && chown 7:8 data/one && chmod 4711 data/one && echo gone > data/gone
    chmod 1777 data/sub && chown -h 9:9 bin/cat && mkfifo data/pipe
    python3 -c 'import os; os.setxattr("data/sub", "user.note", b"kept")' || true
    cd ../.. && umoci repack --image oci:demo bundle
    umoci config --image oci:demo --architecture 386 --os linux --config.cmd /bin/cat --config.cmd /data/one
    tar c -C oci . | zstd -q > demo.tar.zst`);
  await putFile(guest, "/tmp/demo.tar.zst", readFileSync(path.join(work, "demo.tar.zst")));
  const loaded = await out("docker load -i /tmp/demo.tar.zst");
  const id = /^Loaded image ID: (sha256:[0-9a-f]{64})$/.exec(loaded)?.[1] ?? loaded;
  expect(
    await out(
      `docker tag ${id} demo:1; docker run --rm demo:1; docker run --rm demo:1 /bin/busybox stat -c '%a %u %g %h' /data/one`,
    ),
  ).toBe("one\n4711 7 8 2");

  await out(
    `docker run --name made demo:1 /bin/sh -c 'cd /data; /bin/busybox rm gone; echo two > two; /bin/busybox chown 1000:1001 two; /bin/busybox chmod 2750 two; /bin/busybox mkdir -p new/deep'
     docker commit made demo:2; docker save -o /tmp/saved.tar demo:1 demo:2; docker export -o /tmp/export.tar made`,
  );
  for (const name of ["saved", "export"])
    writeFileSync(path.join(work, `${name}.tar`), await getFile(guest, `/tmp/${name}.tar`));
  host("mkdir saved && tar xf saved.tar -C saved");
  const inspected = JSON.parse(host("skopeo inspect --override-arch 386 docker-archive:saved.tar:demo:2"));
  expect(inspected).toMatchObject({ Architecture: "386", Os: "linux" });
  expect(inspected.Layers).toHaveLength(2);
  const oci = JSON.parse(host("skopeo inspect --override-arch 386 oci:saved:2"));
  expect(oci.Layers).toEqual(inspected.Layers);

  host("umoci unpack --image saved:1 one && umoci unpack --image saved:2 two");
  host(
    "for n in one two; do tar --sort=name --xattrs --xattrs-include='*' -C $n/rootfs -cf $n.tar .; done; tar --sort=name --xattrs --xattrs-include='*' -C bundle/rootfs -cf bundle.tar .",
  );
  expect(listing("one.tar")).toEqual(listing("bundle.tar"));
  expect(listing("two.tar")).toEqual(listing("export.tar"));
  expect(listing("two.tar").join("\n")).toMatch(/-rwxr-s---\*? 1000\/1001 4 data\/two/);
  expect(listing("two.tar").join("\n")).not.toContain("data/gone");
});
