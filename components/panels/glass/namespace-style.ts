import type { CSSProperties } from "react";
import type { NamespaceType } from "../../../lib/protocol/kernel-snapshot.ts";

/** One colour a kind, everywhere on the page. */
export function namespaceColour(type: NamespaceType): string {
  return `var(--ns-${type})`;
}

export const SHORT_NAMES: Readonly<Record<NamespaceType, string>> = {
  pid: "PID",
  mnt: "MNT",
  net: "NET",
  uts: "UTS",
  ipc: "IPC",
  user: "USER",
  cgroup: "CG",
  time: "TIME",
};

/** For columns no wider than a letter of a group. */
export const COLUMN_NAMES: Readonly<Record<NamespaceType, string>> = {
  pid: "pid",
  mnt: "mnt",
  net: "net",
  uts: "uts",
  ipc: "ipc",
  user: "usr",
  cgroup: "cg",
  time: "time",
};

const SHEET_PX = 3;
const DENSE_SHEET_PX = 2;

/**
 * The glass is as thick as the process is isolated: one sheet for each namespace of its own, in that kind's colour,
 * laid around the pane from the inside out.
 */
export function sheets(own: readonly NamespaceType[], dense: boolean): CSSProperties {
  const sheetPx = dense ? DENSE_SHEET_PX : SHEET_PX;
  const rings = own.flatMap((type, index) => {
    const inner = index * sheetPx;
    const colour = namespaceColour(type);
    return [
      `0 0 0 ${inner + 1}px color-mix(in oklch, ${colour} 78%, var(--bg-1))`,
      `0 0 0 ${inner + sheetPx}px color-mix(in oklch, ${colour} 13%, var(--bg-1))`,
    ];
  });
  return {
    boxShadow: [...rings, "var(--glass-shadow)"].join(", "),
    margin: `${own.length * sheetPx}px`,
  };
}
