/** A guest for the introspection tests: the helper program in it, situations made and waited for, snapshots at will. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { createIntrospector } from "../../lib/introspect/snapshot.ts";
import type { NodeMachineOptions } from "../../lib/machine/node-machine.ts";
import type { KernelSnapshot } from "../../lib/protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../../lib/protocol/layout.ts";
import type { GuestManifest } from "../../lib/protocol/manifest.ts";
import { bootGuest, type Guest } from "./guest.ts";
import { type GuestRecord, parseRecord, RECORD_COMMAND, RECORD_FILE } from "./introspect-oracle.ts";
import { PREPARE, type Situation } from "./introspect-situations.ts";
import { parseWorld, WORLD_COMMAND, WORLD_FILE, type WorldRecord } from "./introspect-world-oracle.ts";

/** Situations take seconds, and minutes on a machine that builds beside. */
const REACHED_TIMEOUT_MS = 300_000;
const LOOK_AGAIN_MS = 20;
const PIECE_BYTES = 32_768;

export interface Setting {
  readonly guest: Guest;
  readonly layout: KernelLayout;
  snapshot(): KernelSnapshot;
  /** Makes the situation and resolves when introspection shows it. */
  reach(situation: Situation): Promise<void>;
  record(): Promise<GuestRecord>;
  world(): Promise<WorldRecord>;
}

export async function introspectionSetting(options: NodeMachineOptions = {}): Promise<Setting> {
  const guest = await bootGuest({ watchHz: 0, ...options });
  const layout = layoutOfImage();
  const snapshot = (): KernelSnapshot => {
    const inspector = guest.machine.inspector;
    if (!inspector) throw new Error("the machine does not run");
    const taken = inspector.take();
    holdAgainst(taken, createIntrospector(layout).snapshot(guest.session().emulator.memory()));
    return taken;
  };
  await guest.out(PREPARE);
  await guest.out(`echo ${helperProgram().toString("base64")} | base64 -d > /tmp/introspect/helper`);
  await guest.out("chmod +x /tmp/introspect/helper");
  return {
    guest,
    layout,
    snapshot,
    async reach({ name, command, reached }) {
      const { exitCode, stderr } = await guest.sh(command);
      if (exitCode !== 0) throw new Error(`${name}: exit ${exitCode}: ${stderr}`);
      const until = performance.now() + REACHED_TIMEOUT_MS;
      while (!reached(snapshot())) {
        if (performance.now() > until) throw new Error(`${name}: introspection does not show it; ${stderr}`);
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      }
    },
    async record() {
      await guest.out(RECORD_COMMAND);
      return parseRecord(await readFile(guest, RECORD_FILE));
    },
    async world() {
      await guest.out(WORLD_COMMAND);
      return parseWorld(await readFile(guest, WORLD_FILE));
    },
  };
}

/** What the machine's introspection remembers from earlier snapshots is what one reads that knows none. */
function holdAgainst(remembered: KernelSnapshot, anew: KernelSnapshot): void {
  for (const key of Object.keys(anew) as (keyof KernelSnapshot)[]) {
    // Both depend on what was seen before.
    if (key === "sequence" || key === "passed" || isDeepStrictEqual(remembered[key], anew[key])) continue;
    throw new Error(`${key}: remembered ${JSON.stringify(remembered[key])}\nread anew ${JSON.stringify(anew[key])}`);
  }
}

/** In pieces, as the agent's answers are limited. */
async function readFile(guest: Guest, file: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let at = 0; ; at += PIECE_BYTES) {
    const piece = await guest.out(`tail -c +${at + 1} ${file} | head -c ${PIECE_BYTES} | base64`);
    if (piece === "") return Buffer.concat(pieces);
    pieces.push(Buffer.from(piece, "base64"));
  }
}

function layoutOfImage(): KernelLayout {
  const image = process.env.GLASSBOX_IMAGE ?? "";
  const read = (file: string): unknown => JSON.parse(readFileSync(path.join(image, file), "utf8"));
  return read((read("manifest.json") as GuestManifest).files.layout.path) as KernelLayout;
}

/** introspect-helper.c, compiled as the kernel is: gcc -m32. */
function helperProgram(): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), "glassbox-helper-"));
  try {
    const program = path.join(folder, "helper");
    const source = path.join(import.meta.dirname, "introspect-helper.c");
    const options = "-m32 -Os -nostdlib -static -ffreestanding -fno-pic -no-pie -fno-asynchronous-unwind-tables -s";
    execFileSync("gcc", [...options.split(" "), "-Wl,--build-id=none,-N", "-w", "-o", program, source], {
      stdio: "pipe",
    });
    return readFileSync(program);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
