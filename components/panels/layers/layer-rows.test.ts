import { describe, expect, it } from "vitest";
import type { LayerEntry, Overlay } from "../../../lib/protocol/kernel-mount.ts";
import { layerRows, layerSums, lowerNames } from "./layer-rows.ts";

const entry = (path: string, with_: Partial<LayerEntry> = {}): LayerEntry => ({
  ...{ path, kind: "file", sizeBytes: 10, mode: 0o644, copiedUp: false, opaque: false },
  ...with_,
});
const overlay = (...upper: LayerEntry[]): Overlay => ({
  ...{ device: "0:30", lowerdir: "/a", upperdir: "/u", workdir: "/w", truncated: false },
  upper,
});

describe("layerRows", () => {
  it("tells what a process sees where layers lie over each other", () => {
    const rows = layerRows(
      overlay(
        entry("tmp/new"),
        entry("etc/hosts", { copiedUp: true }),
        entry("etc", { kind: "directory", copiedUp: true }),
        entry("bin/sh", { kind: "whiteout", sizeBytes: 0 }),
        entry("opt", { kind: "directory", copiedUp: true, opaque: true }),
      ),
    );
    expect(rows.map(({ path, depth, below, seen }) => [path, depth, below, seen])).toEqual([
      ["bin/sh", 1, true, "nothing"],
      ["etc", 0, true, "both"],
      ["etc/hosts", 1, true, "upper"],
      ["opt", 0, true, "upper"],
      ["tmp/new", 1, false, "upper"],
    ]);
  });

  it("counts what the upper layer holds", () => {
    const upper = [entry("a"), entry("b", { copiedUp: true }), entry("c", { kind: "whiteout", sizeBytes: 0 })];
    expect(layerSums(upper)).toEqual({ copiedUp: 1, whiteouts: 1, made: 1, sizeBytes: 20 });
  });

  it("names lower layers by what tells them apart", () => {
    const digest = "4f".repeat(32);
    expect(lowerNames(`/var/lib/box/layers/${digest}/fs:/images/base/root`)).toEqual([
      digest.slice(0, 12),
      "base/root",
    ]);
  });
});
