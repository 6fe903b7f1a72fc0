/**
 * The same snapshot in v86 as it comes: its own loader, JIT always on, nothing of lib/machine but the device set,
 * without which the state cannot be restored.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { V86 } from "v86";
import { deviceOptions, filesystemOptions } from "../lib/machine/devices.ts";
import type { GuestManifest } from "../lib/protocol/manifest.ts";

const require = createRequire(import.meta.url);

interface ConsoleBus {
  bus: { send(event: string, data: Uint8Array): void };
  add_listener(event: string, listener: (data: Uint8Array) => void): void;
}

export interface StockGuest {
  /** Types a line into the first terminal and resolves with its output's match. */
  type(line: string, pattern: RegExp): Promise<RegExpExecArray>;
  end(): Promise<void>;
}

export async function startStockGuest(imageDir: string): Promise<StockGuest> {
  const manifest = JSON.parse(readFileSync(path.join(imageDir, "manifest.json"), "utf8")) as GuestManifest;
  const state = readFileSync(path.join(imageDir, manifest.files.snapshot.path));
  const v86 = new V86({
    ...deviceOptions(),
    wasm_path: require.resolve("v86/build/v86.wasm"),
    filesystem: filesystemOptions(path.join(imageDir, manifest.baseUrl)),
    initial_state: { buffer: state.buffer.slice(state.byteOffset, state.byteOffset + state.length) },
    autostart: true,
  });
  const bus = v86 as unknown as ConsoleBus;
  const watchers = new Set<() => void>();
  let screen = "";
  bus.add_listener("virtio-console0-output-bytes", (data) => {
    screen += Buffer.from(data).toString("latin1");
    for (const watcher of watchers) watcher();
  });
  await new Promise<void>((resolve) => v86.add_listener("emulator-started", resolve));
  return {
    type(line, pattern) {
      const from = screen.length;
      return new Promise((resolve) => {
        const check = (): void => {
          const match = pattern.exec(screen.slice(from));
          if (!match) return;
          watchers.delete(check);
          resolve(match);
        };
        watchers.add(check);
        bus.bus.send("virtio-console0-input-bytes", Buffer.from(`${line}\n`));
      });
    },
    end: () => v86.destroy(),
  };
}
