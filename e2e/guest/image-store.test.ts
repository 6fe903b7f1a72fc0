import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootGuest, type Guest } from "./guest.ts";
import { putFile, type TarEntry, tar } from "./image-archives.ts";
import { residue, settledResidue } from "./runtime-residue.ts";

let guest: Guest;
let before: string;
beforeAll(async () => {
  guest = await bootGuest();
  before = await residue(guest);
});
afterAll(() => guest.end());

const out = (command: string) => guest.out(command);

const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");
/** What images leave on the disk. */
const LEFT =
  "cd /var/lib/box; ls layers images/blobs/sha256 2>/dev/null | sort; ls -d images/work 2>/dev/null; ls -d build-* 2>/dev/null; true";

/** A docker-archive of one layer; `change` breaks something. */
function archive(layer: Buffer, change: { diffId?: string; config?: string } = {}): Buffer {
  const config = JSON.stringify({
    architecture: "386",
    os: "linux",
    config: { Cmd: ["/hello"] },
    rootfs: { type: "layers", diff_ids: [change.diffId ?? `sha256:${sha256(layer)}`] },
  });
  const manifest = [{ Config: "config.json", RepoTags: ["made:1"], Layers: ["a/layer.tar"] }];
  return tar([
    { name: "a/", type: "5" },
    { name: "a/layer.tar", content: layer },
    { name: "config.json", content: change.config ?? config },
    { name: "manifest.json", content: JSON.stringify(manifest) },
  ]);
}

test("names are given and taken; the last one takes the image along, and a bundled image comes back by load", async () => {
  const shown = await out(
    `docker tag busybox me/box:1; docker images -q me/box; docker save -o /tmp/box.tar me/box:1 busybox
     docker rmi busybox; docker run --rm me/box:1 echo still; docker rmi me/box:1
     docker images --format '{{.Repository}}' | grep -c box; docker run --pull never busybox true 2>&1 | head -1
     docker load -qi /tmp/box.tar; docker run --rm busybox echo back; docker rmi me/box:1; gzip -c /tmp/box.tar | docker load -q`,
  );
  const id = /^[0-9a-f]{12}$/m.exec(shown)?.[0];
  expect(shown.replaceAll(/sha256:[0-9a-f]{64}/g, "ID").split("\n")).toEqual([
    id,
    "Untagged: busybox:latest",
    "still",
    "Untagged: me/box:1",
    "Deleted: ID",
    "0",
    "docker: No such image: busybox:latest",
    "Loaded image: me/box:1",
    "Loaded image: busybox:latest",
    "back",
    "Untagged: me/box:1",
    "Loaded image: me/box:1",
    "Loaded image: busybox:latest",
  ]);
  await out("docker rmi me/box:1; rm /tmp/box.tar");
});

test("a container's changes: diff, commit, cp, export, import, history; the image below is untouched", async () => {
  const left = await out(LEFT);
  const shown = await out(
    `docker run --name changed busybox sh -c 'echo new > /etc/new; rm /etc/passwd; rm -r /home; mkdir /home; chmod 700 /mnt; ln -s /etc /link' && docker diff changed`,
  );
  expect(shown.split("\n").sort()).toEqual(
    ["A /etc/new", "A /link", "C /etc", "C /home", "C /mnt", "D /etc/passwd"].sort(),
  );
  const committed = await out(
    `docker commit -m why -a who -c 'ENV A=b' -c 'CMD ["cat", "/etc/new"]' changed mine:1 > /dev/null
     docker run --rm mine:1; docker run --rm mine:1 sh -c 'ls /etc/passwd 2>&1; stat -c %a /mnt; echo $A'
     docker run --rm busybox ls /etc/passwd; docker history --format '{{.Comment}}|{{.Size}}' mine:1 | head -1
     docker inspect -f '{{.Author}} {{len .RootFS.Layers}}' mine:1`,
  );
  expect(committed.split("\n")).toEqual([
    "new",
    "ls: /etc/passwd: No such file or directory",
    "700",
    "b",
    "/etc/passwd",
    "why|4B",
    "who 2",
  ]);
  const copied = await out(
    `cd /tmp; echo mine > f; docker cp -q f changed:/root/g; docker cp -q changed:/root/g back; cat back
     docker cp -q f changed:/link/through; docker cp -q changed:/etc/through - | tar tf -; ls /etc/through 2>&1
     docker cp -q changed:/link - | tar tvf - | grep -c -- '-> /etc'; docker cp -q changed:/nothing . 2>&1; docker cp changed:/a other:/b 2>&1
     docker run -d --name live busybox sleep 99 > /dev/null; docker cp -q f live:/tmp; docker exec live cat /tmp/f; docker rm -f live`,
  );
  expect(copied.split("\n")).toEqual([
    "mine",
    "through",
    "ls: cannot access '/etc/through': No such file or directory",
    "1",
    "Error: Could not find the file /nothing in container changed",
    "Error: copying between containers is not supported",
    "mine",
    "live",
  ]);
  const imported = await out(
    `docker export changed | docker import -c 'CMD ["cat", "/etc/new"]' - flat > /dev/null; docker run --rm flat
     docker rmi mine:1 2>&1 | grep -c ^Deleted; docker rmi flat | grep -c ^Deleted; docker rmi busybox 2>&1; docker rm changed; ${LEFT}`,
  );
  expect(imported.split("\n").slice(0, 3)).toEqual(["new", "2", "2"]);
  expect(imported).toMatch(
    /unable to remove repository reference "busybox:latest" \(must force\) - container [0-9a-f]{12} is using/,
  );
  expect(imported.split("\n").slice(4).join("\n")).toBe(`changed\n${left}`);
  expect(await settledResidue(guest, before)).toBe(before);
});

test("whiteouts, opaque folders, hard links, modes, attributes and devices are the layer's", async () => {
  const base = tar([
    { name: "d/", type: "5" },
    { name: "d/old", content: "old" },
    { name: "gone", content: "x" },
  ]);
  const layers = [
    base,
    tar([
      { name: ".wh.gone" },
      { name: "d/", type: "5", mode: 0o750, uid: 7, gid: 8 },
      { name: "d/.wh..wh..opq" },
      { name: "d/new", content: "new", mode: 0o4711, pax: { "SCHILY.xattr.user.note": "kept" } },
      { name: "d/same", type: "1", link: "d/new" },
      { name: "null", type: "3", device: [1, 3], mode: 0o666 },
      { name: `long/${"n".repeat(90)}/${"m".repeat(90)}`.slice(0, 99), content: "long" },
    ]),
  ];
  const config = {
    architecture: "386",
    os: "linux",
    rootfs: { type: "layers", diff_ids: layers.map((layer) => `sha256:${sha256(layer)}`) },
  };
  const list = [{ Config: "c.json", RepoTags: ["layers:1"], Layers: ["1.tar", "2.tar"] }];
  const file = tar([
    { name: "1.tar", content: base },
    { name: "2.tar", content: layers[1] ?? "" },
    { name: "c.json", content: JSON.stringify(config) },
    { name: "manifest.json", content: JSON.stringify(list) },
  ]);
  await putFile(guest, "/tmp/layers.tar", file);
  const shown = await out(
    `docker load -qi /tmp/layers.tar; docker create --name layered layers:1 /x > /dev/null
     docker export layered | tar tvf - --numeric-owner | awk '{print $1, $2, $NF}' | grep -v -e dev -e etc -e proc -e sys | sort
     cd /var/lib/box/layers/${sha256(layers[1] ?? "")}/tree; stat -c '%A %t,%T %u %n' gone null d; stat -c '%h %a' d/same
     docker save layers:1 | tar xO blobs/sha256/${sha256(layers[1] ?? "")} | sha256sum; docker rm layered; docker rmi layers:1 | tail -1`,
  );
  expect(shown).toContain("drwxr-x--- 7/8 d/");
  expect(shown).toMatch(/-rws--x--x 0\/0 d\/new\n/);
  expect(shown).not.toMatch(/d\/old|^-\S+ \S+ gone$/m);
  expect(shown).toMatch(/^c\S+ 0,0 0 gone$/m);
  expect(shown).toContain("crw-rw-rw- 1,3 0 null");
  expect(shown).toContain("2 4711");
  expect(shown).toContain(`${sha256(layers[1] ?? "")}  -`);
});

const BAD: readonly (readonly [string, () => Buffer, RegExp])[] = [
  [
    "a path with ..",
    () => archive(tar([{ name: "../evil", content: "x" }])),
    /\.\.\/evil: "\.\." would leave the root/,
  ],
  ["an absolute path", () => archive(tar([{ name: "/evil", content: "x" }])), /\/evil: an absolute path would leave/],
  [
    "a path through a link",
    () =>
      archive(
        tar([
          { name: "l", type: "2", link: "../../.." },
          { name: "l/evil", content: "x" },
        ]),
      ),
    /l\/evil: a symbolic link would lead it out of the root/,
  ],
  [
    "a hard link out of the root",
    () => archive(tar([{ name: "h", type: "1", link: "../../../../etc/shadow" }])),
    /would leave the root \(hard link h\)/,
  ],
  [
    "a device bomb",
    () => archive(tar(Array.from({ length: 300 }, (_, i): TarEntry => ({ name: `d${i}`, type: "3", device: [1, 3] })))),
    /d256: more than 256 device nodes/,
  ],
  [
    "overlayfs' own attribute",
    () => archive(tar([{ name: "d/", type: "5", pax: { "SCHILY.xattr.trusted.overlay.redirect": "/etc" } }])),
    /trusted\.overlay\.redirect is overlayfs' own/,
  ],
  [
    "a wrong diff id",
    () => archive(tar([{ name: "f" }]), { diffId: `sha256:${"0".repeat(64)}` }),
    /invalid diffID for layer 0/,
  ],
  ["a broken config", () => archive(tar([{ name: "f" }]), { config: "{" }), /config\.json: /],
  ["no manifest", () => tar([{ name: "f", content: "x" }]), /the archive holds no image/],
  [
    "a truncated archive",
    () => archive(tar([{ name: "f", content: "x".repeat(3000) }])).subarray(0, 2900),
    /unexpected end/,
  ],
  ["no archive at all", () => Buffer.from("hello ".repeat(200)), /invalid tar header/],
];

test("what no image may hold is refused by its name, and leaves nothing", async () => {
  const left = await out(LEFT);
  for (const [index, [what, make, words]] of BAD.entries()) {
    await putFile(guest, `/tmp/bad-${index}.tar`, make());
    const { exitCode, stderr } = await guest.sh(`docker load -qi /tmp/bad-${index}.tar`);
    expect([what, exitCode, words.test(stderr), stderr]).toEqual([what, 1, true, stderr]);
  }
  expect(await out(LEFT)).toBe(left);
  expect(await out("ls /evil /var/lib/box/evil 2>&1 | grep -c 'No such'")).toBe("2");
});

test("a bomb and a full disk end with their names, and the disk is as empty as before", async () => {
  const shown = await out(
    `mkdir -p /tmp/bomb/a && cd /tmp/bomb && truncate -s 300M zeros && tar c zeros | gzip -1 > a/layer.tar && rm zeros
     echo '{}' > c.json; echo '[{"Config":"c.json","RepoTags":["b:1"],"Layers":["a/layer.tar"]}]' > manifest.json
     free() { df -P /var/lib/box | tail -1 | awk '{print int($4/1024)}'; }; free
     tar c a c.json manifest.json | docker load 2>&1; free; rm -r /tmp/bomb`,
  );
  const [was, message, is] = shown.split("\n");
  expect(message).toMatch(/no space left on device|decompression bomb/);
  expect(message).toMatch(/zeros|layer\.tar/);
  expect(Math.abs(Number(was) - Number(is))).toBeLessThanOrEqual(1);
});

test("a killed import is cleaned by the next call", async () => {
  const shown = await out(
    `left() { ${LEFT}; }; left > /tmp/left-before; tar cf /tmp/k.tar -C / usr/sbin
     (BOX_DIRECT=1 docker import /tmp/k.tar k & echo $! > /tmp/pid; wait) 2>/dev/null &
     until ls /var/lib/box/images/work/*/recipe.gz 2>/dev/null >&2; do :; done
     kill -9 $(cat /tmp/pid); docker tag busybox k:1; docker rmi k:1 >/dev/null; left | diff - /tmp/left-before && echo clean; rm /tmp/k.tar`,
  );
  expect(shown.split("\n").at(-1)).toBe("clean");
});
