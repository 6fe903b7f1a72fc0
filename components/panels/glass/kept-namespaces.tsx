"use client";

import { type CSSProperties, memo } from "react";
import type { Namespace } from "../../../lib/protocol/kernel-snapshot.ts";
import { toggleSelection } from "../../../lib/stores/selection-store.ts";
import { useText } from "../../text/text-context.tsx";
import { GuestText } from "../../ui/guest-text.tsx";
import { useSelection, useSession } from "../../workbench/session-context.tsx";
import styles from "./glass.module.css";
import { namespaceColour, SHORT_NAMES } from "./namespace-style.ts";

/** Namespaces that live on without a process: empty glass, with what keeps it from falling. */
export function KeptNamespaces({ namespaces }: { readonly namespaces: readonly Namespace[] }) {
  const text = useText();
  if (namespaces.length === 0) return null;
  return (
    <section className={styles.kept} aria-label={text.glass.kept}>
      <h3>{text.glass.kept}</h3>
      <ul>
        {namespaces.slice(0, 24).map((namespace) => (
          <Kept key={`${namespace.type} ${namespace.inode}`} namespace={namespace} />
        ))}
      </ul>
    </section>
  );
}

const Kept = memo(function Kept({ namespace }: { readonly namespace: Namespace }) {
  const text = useText();
  const { selection } = useSession();
  const { type, inode, keepers } = namespace;
  const selected = useSelection(({ selected: at }) => at?.kind === "namespace" && at.inode === inode);
  const mount = keepers.mounts[0];
  const fd = keepers.fds[0];
  const [how, what] = mount
    ? [text.details.keptByMount, mount.mountPoint]
    : fd
      ? [text.details.keptByFd, `/proc/${fd.pid}/fd/${fd.fd}`]
      : keepers.children.length > 0
        ? [text.details.keptByChild, String(keepers.children[0])]
        : [text.details.keptByOwned, String(keepers.owned[0] ?? "")];
  return (
    <li>
      <button
        type="button"
        style={{ "--c": namespaceColour(type) } as CSSProperties}
        aria-pressed={selected}
        onClick={() => toggleSelection(selection, { kind: "namespace", type, inode })}
      >
        <b>{SHORT_NAMES[type]}</b> {inode}{" "}
        <small>
          {how} <GuestText text={what} max={40} />
        </small>
      </button>
    </li>
  );
});

/** Neither a process nor a thread is in it, and yet it is there. */
export function keptNamespaces(namespaces: readonly Namespace[]): readonly Namespace[] {
  return namespaces.filter(({ keepers }) => {
    const held = keepers.mounts.length + keepers.fds.length + keepers.children.length + keepers.owned.length;
    return !keepers.inhabited && keepers.threads.length === 0 && keepers.forChildren.length === 0 && held > 0;
  });
}
