/** Mounts made, removed, moved or changed, and what copy-up and unlink left in the upper layers of overlays. */
import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { LayerEntry, Mount } from "../protocol/kernel-mount.ts";
import type { KernelSnapshot } from "../protocol/kernel-snapshot.ts";
import type { EventStamp } from "./diff-namespaces.ts";

/**
 * A new mount namespace comes with copies of all its parent's mounts, and goes with all of its own: `namespace-new` and
 * `namespace-gone` tell of those.
 */
export function diffMounts(previous: KernelSnapshot, next: KernelSnapshot, stamp: EventStamp): KernelEvent[] {
  if (previous.mounts === next.mounts) return [];
  const events: KernelEvent[] = [];
  const known = new Set(previous.mounts.map(({ namespace }) => namespace));
  const alive = new Set(next.mounts.map(({ namespace }) => namespace));
  const before = new Map(previous.mounts.map((mount) => [keyOf(mount), mount]));
  for (const mount of next.mounts) {
    const earlier = before.get(keyOf(mount));
    before.delete(keyOf(mount));
    if (earlier === mount) continue;
    if (earlier) events.push(...changes(earlier, mount, stamp));
    else if (known.has(mount.namespace)) events.push({ ...subject(mount, stamp), kind: "mount" });
  }
  for (const mount of before.values())
    if (alive.has(mount.namespace)) events.push({ ...subject(mount, stamp), kind: "umount" });
  return events;
}

function changes(earlier: Mount, later: Mount, stamp: EventStamp): KernelEvent[] {
  const events: KernelEvent[] = [];
  if (earlier.mountPoint !== later.mountPoint)
    events.push({ ...subject(later, stamp), kind: "mount-move", from: earlier.mountPoint });
  const [from, to] = [settings(earlier), settings(later)];
  if (from !== to) events.push({ ...subject(later, stamp), kind: "mount-change", from, to });
  return events;
}

/** Options and propagation as mountinfo has them, group numbers left out: they change by themselves. */
function settings({ options, shared, master, unbindable, superOptions }: Mount): string {
  const propagation = [shared === null ? "" : "shared", master === null ? "" : "slave", unbindable ? "unbindable" : ""];
  const kind = propagation.filter((word) => word !== "").join(",") || "private";
  return `${options} ${kind}${superOptions.startsWith("ro") ? " (ro)" : ""}`;
}

const keyOf = ({ namespace, id }: Mount): string => `${namespace} ${id}`;

function subject({ namespace, mountPoint, fstype, source }: Mount, stamp: EventStamp) {
  return { ...stamp, namespace, mountPoint, fstype, source };
}

export function diffLayers(previous: KernelSnapshot, next: KernelSnapshot, stamp: EventStamp): KernelEvent[] {
  if (previous.overlays === next.overlays) return [];
  const before = new Map(previous.overlays.map((overlay) => [overlay.device, overlay]));
  return next.overlays.flatMap((overlay) => {
    const { device, upper, truncated } = overlay;
    const earlier = before.get(device);
    // What a mount finds in its upper directory has not happened just now.
    if (!earlier || earlier.upper === upper || earlier.upperdir !== overlay.upperdir) return [];
    const known = new Map(earlier.upper.map((entry) => [entry.path, entry]));
    const events = upper.flatMap((entry) => layerEvents(known.get(entry.path), entry, { ...stamp, device }));
    const there = new Set(upper.map(({ path }) => path));
    if (!truncated && !earlier.truncated)
      for (const { path } of earlier.upper)
        if (!there.has(path)) events.push({ ...stamp, device, path, kind: "layer-gone" });
    return events;
  });
}

function layerEvents(
  earlier: LayerEntry | undefined,
  entry: LayerEntry,
  base: EventStamp & { readonly device: string },
): KernelEvent[] {
  const { path, kind, sizeBytes, copiedUp } = entry;
  if (earlier && (earlier.kind === "whiteout") === (kind === "whiteout")) return [];
  if (kind === "whiteout") return [{ ...base, path, kind: "whiteout" }];
  return [{ ...base, path, sizeBytes, kind: copiedUp ? "copy-up" : "layer-new" }];
}
