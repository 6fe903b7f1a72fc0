"use client";

import { type CSSProperties, memo } from "react";
import { NAMESPACE_TYPES, type NamespaceType } from "../../../lib/protocol/kernel-snapshot.ts";
import { useText } from "../../text/text-context.tsx";
import { useNamespaceMark } from "../use-namespace-mark.ts";
import styles from "./glass.module.css";
import type { GlassPane, Relation } from "./glass-scene.ts";
import { namespaceColour, SHORT_NAMES } from "./namespace-style.ts";

interface BadgesProps {
  readonly namespaces: GlassPane["namespaces"];
  /** A process that lives in them, for the way to look it up in the guest. */
  readonly pid: number;
}

export const NamespaceBadges = memo(function NamespaceBadges({ namespaces, pid }: BadgesProps) {
  return (
    <ul className={styles.badges}>
      {NAMESPACE_TYPES.map((type) => (
        <li key={type}>
          <Badge type={type} {...namespaces[type]} pid={pid} />
        </li>
      ))}
    </ul>
  );
}, sameBadges);

function sameBadges(a: BadgesProps, b: BadgesProps): boolean {
  return (
    a.pid === b.pid &&
    NAMESPACE_TYPES.every(
      (type) =>
        a.namespaces[type].inode === b.namespaces[type].inode &&
        a.namespaces[type].relation === b.namespaces[type].relation,
    )
  );
}

interface BadgeProps {
  readonly type: NamespaceType;
  readonly inode: number | null;
  readonly relation: Relation;
  readonly pid: number;
}

function Badge({ type, inode, relation, pid }: BadgeProps) {
  const text = useText();
  const { selected, lit, pick } = useNamespaceMark(type, inode, pid);
  const kind = text.isolation.types[type];
  const shown = SHORT_NAMES[type];
  const label = `${kind.toUpperCase() === shown ? kind : `${shown} ${kind}`}: ${text.glass[relation]}${inode === null ? "" : ` ${type}:[${inode}]`}`;
  return (
    <button
      type="button"
      className={styles.badge}
      style={{ "--c": namespaceColour(type) } as CSSProperties}
      data-relation={relation}
      data-lit={lit || undefined}
      aria-pressed={selected}
      aria-label={label}
      title={label}
      onClick={pick}
    >
      {shown}
    </button>
  );
}
