/** Image archives that must not load: [what, files of the archive, what is said]. Made here, byte by byte (ustar). */
import { createHash } from "node:crypto";

const BLOCK = 512;

interface Entry {
  readonly name: string;
  readonly content?: string | Buffer;
  /** "0" a file, "2" a symbolic link, "1" a hard link, "5" a folder. */
  readonly type?: string;
  readonly link?: string;
}

export function tar(entries: readonly Entry[]): Buffer {
  const parts = entries.flatMap(({ name, content = "", type = "0", link = "" }) => {
    const body = Buffer.from(content);
    const header = Buffer.alloc(BLOCK);
    header.write(name, 0);
    header.write("0000755\0" + "0000000\0" + "0000000\0", 100);
    header.write(`${body.length.toString(8).padStart(11, "0")}\0${"0".repeat(11)}\0`, 124);
    header.write(`        ${type}${link}`, 148);
    header.write("ustar\x0000", 257, "latin1");
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return [header, body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");

/** A docker-archive with one layer; what is wrong with it is given. */
function archive(
  layer: readonly Entry[],
  wrong: { diffId?: string; config?: string; manifest?: string; omit?: string } = {},
) {
  const data = tar(layer);
  const diffId = wrong.diffId ?? `sha256:${sha256(data)}`;
  const config =
    wrong.config ??
    JSON.stringify({
      architecture: "386",
      os: "linux",
      config: { Cmd: ["true"] },
      rootfs: { type: "layers", diff_ids: [diffId] },
    });
  const manifest =
    wrong.manifest ?? JSON.stringify([{ Config: "config.json", RepoTags: ["bad:latest"], Layers: ["layer.tar"] }]);
  const files = [
    { name: "manifest.json", content: manifest },
    { name: "config.json", content: config },
    { name: "layer.tar", content: data },
  ];
  return tar(files.filter(({ name }) => name !== wrong.omit));
}

const FILE = { name: "file", content: "hello" };
const WHOLE = archive([FILE]);

/** An OCI layout whose manifest blob is not what its name says. */
function wrongDigest(): Buffer {
  const digest = "0".repeat(64);
  return tar([
    { name: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' },
    {
      name: "index.json",
      content: JSON.stringify({
        schemaVersion: 2,
        manifests: [{ mediaType: "application/vnd.oci.image.manifest.v1+json", digest: `sha256:${digest}`, size: 2 }],
      }),
    },
    { name: `blobs/sha256/${digest}`, content: "{}" },
  ]);
}

export const BAD_IMAGES: readonly (readonly [what: string, archive: Buffer, says: RegExp])[] = [
  ["nothing at all", Buffer.alloc(0), /\S/],
  ["no archive", Buffer.from("hello\n".repeat(200)), /\S/],
  ["half an archive", WHOLE.subarray(0, WHOLE.length - 2600), /\S/],
  ["half a compressed one", Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(600, 7)]), /\S/],
  ["an archive of something else", tar([FILE]), /holds no image: neither manifest\.json nor index\.json/],
  ["a manifest that is no JSON", archive([FILE], { manifest: "{" }), /manifest\.json/],
  ["a manifest of nothing", archive([FILE], { manifest: "[]" }), /holds no image/],
  ["a config that is no JSON", archive([FILE], { config: "{" }), /config\.json/],
  ["a config that is not there", archive([FILE], { omit: "config.json" }), /config\.json: no such file/],
  ["a layer that is not there", archive([FILE], { omit: "layer.tar" }), /layer\.tar/],
  ["a layer that is another", archive([FILE], { diffId: `sha256:${"0".repeat(64)}` }), /invalid diffID for layer 0/],
  [
    "a layer more than the config has",
    archive([FILE], { config: '{"rootfs":{"diff_ids":[]}}' }),
    /layers length mismatch/,
  ],
  ["a blob of another digest", wrongDigest(), /wrong digest/],
  ["a layer that climbs out", archive([{ ...FILE, name: "../../../tmp/outside/climbed" }]), /\S/],
  [
    "a layer with an absolute path through a link",
    archive([
      { name: "out", type: "2", link: "/tmp/outside" },
      { ...FILE, name: "out/climbed" },
    ]),
    /\S/,
  ],
  ["a hard link to the host", archive([{ name: "shadow", type: "1", link: "../../../../etc/shadow" }]), /\S/],
  [
    "links in a circle, and a file below them",
    archive([
      { name: "a", type: "2", link: "b" },
      { name: "b", type: "2", link: "a" },
      { ...FILE, name: "a/file" },
    ]),
    /\S/,
  ],
];
