"use client";

import { type CSSProperties, memo } from "react";
import { mountKey, relatedTo } from "../../../lib/model/related.ts";
import type { Mount } from "../../../lib/protocol/kernel-mount.ts";
import { useText } from "../../text/text-context.tsx";
import { GuestText } from "../../ui/guest-text.tsx";
import { useKernel, useSelection } from "../../workbench/session-context.tsx";
import styles from "./details.module.css";
import { Section } from "./facts.tsx";
import { Pick } from "./pick.tsx";

/** The mounts of one namespace as a tree. */
export function MountList({ mounts }: { readonly mounts: readonly Mount[] }) {
  const text = useText();
  const selected = useSelection((state) => state.selected);
  const snapshot = useKernel((state) => state.snapshot);
  const lit = relatedTo(snapshot, selected).mounts;
  return (
    <Section title={text.details.mounts} count={mounts.length}>
      <ul className={styles.list}>
        {mountTree(mounts).map(({ mount, depth }) => (
          <MountRow
            key={mount.id}
            mount={mount}
            depth={depth}
            lit={selected?.kind !== "namespace" && lit.has(mountKey(mount))}
          />
        ))}
      </ul>
    </Section>
  );
}

const MountRow = memo(function MountRow({ mount, depth, lit }: { mount: Mount; depth: number; lit: boolean }) {
  return (
    <li style={{ "--depth": depth } as CSSProperties} className={styles.mount} data-lit={lit || undefined}>
      <Pick selection={{ kind: "mount", namespace: mount.namespace, id: mount.id }}>
        <GuestText text={mount.mountPoint} max={64} />
      </Pick>
      <small>
        <GuestText text={mount.fstype} max={12} /> {mount.options.split(",")[0]}
        {mount.shared !== null && ` shared:${mount.shared}`}
        {mount.master !== null && ` master:${mount.master}`}
      </small>
    </li>
  );
});

/** Children under their parent, in the kernel's order; a mount whose parent is not listed is a root. */
export function mountTree(mounts: readonly Mount[]): readonly { readonly mount: Mount; readonly depth: number }[] {
  const ids = new Set(mounts.map(({ id }) => id));
  const childrenOf = new Map<number | null, Mount[]>();
  for (const mount of mounts) {
    const parent = mount.parent !== mount.id && ids.has(mount.parent) ? mount.parent : null;
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), mount]);
  }
  const rows: { mount: Mount; depth: number }[] = [];
  const visit = (parent: number | null, depth: number): void => {
    for (const mount of childrenOf.get(parent) ?? []) {
      rows.push({ mount, depth });
      if (depth < 64) visit(mount.id, depth + 1);
    }
  };
  visit(null, 0);
  return rows;
}
