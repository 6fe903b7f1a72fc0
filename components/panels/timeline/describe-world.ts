import type { KernelEvent } from "../../../lib/protocol/kernel-event.ts";
import { cleanGuestText } from "../../ui/guest-text.tsx";
import { SHORT_NAMES } from "../glass/namespace-style.ts";

/** Events of mounts, layers, devices and the like in the kernel's own words, which are the same in every language. */
export type WorldEvent = Extract<
  KernelEvent,
  {
    readonly kind:
      | ("domainname" | "namespace-kept" | "id-map" | "listen" | "ipc" | "address")
      | ("mount" | "umount" | "mount-move" | "mount-change")
      | ("copy-up" | "layer-new" | "whiteout" | "layer-gone")
      | ("device-new" | "device-gone" | "device-move" | "device-rename" | "device-up" | "device-master");
  }
>;

const MAX_TEXT = 28;
const clean = (text: string): string => cleanGuestText(text, MAX_TEXT);
const sign = (there: boolean): string => (there ? "+" : "−");

export function describeWorld(event: WorldEvent): string {
  switch (event.kind) {
    case "domainname":
      return `domainname ${clean(event.to)}`;
    case "namespace-kept":
      return `${sign(event.kept)} ${SHORT_NAMES[event.type]} ${clean(event.where)}`;
    case "id-map":
      return `${event.file} ${clean(event.map)}`;
    case "mount":
      return `mount ${event.fstype} ${clean(event.mountPoint)}`;
    case "umount":
      return `umount ${clean(event.mountPoint)}`;
    case "mount-move":
      return `mount --move ${clean(event.mountPoint)}`;
    case "mount-change":
      return `mount ${clean(event.mountPoint)} ${clean(event.to)}`;
    case "copy-up":
      return `copy-up ${clean(event.path)}`;
    case "layer-new":
      return `+ ${clean(event.path)}`;
    case "layer-gone":
      return `− ${clean(event.path)}`;
    case "whiteout":
      return `whiteout ${clean(event.path)}`;
    case "device-new":
      return `+ ${clean(event.name)}`;
    case "device-gone":
      return `− ${clean(event.name)}`;
    case "device-move":
      return `${clean(event.name)} → net ${event.namespace}`;
    case "device-rename":
      return `${clean(event.from)} → ${clean(event.name)}`;
    case "device-up":
      return `${clean(event.name)} ${event.up ? "up" : "down"}`;
    case "device-master":
      return event.master === null ? `${clean(event.name)} nomaster` : `${clean(event.name)} → ${clean(event.master)}`;
    case "address":
      return `${sign(event.added)} ${event.address} ${clean(event.name)}`;
    case "listen":
      return `${sign(event.listening)} ${event.protocol} ${clean(event.where)}`;
    case "ipc":
      return `${sign(event.made)} ${event.object} ${clean(event.id)}`;
  }
}
