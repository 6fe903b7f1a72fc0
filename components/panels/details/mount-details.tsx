"use client";

import type { Mount } from "../../../lib/protocol/kernel-mount.ts";
import type { KernelSnapshot } from "../../../lib/protocol/kernel-snapshot.ts";
import { useText } from "../../text/text-context.tsx";
import { GuestText } from "../../ui/guest-text.tsx";
import { Sourced } from "../sourced.tsx";
import { mountSource } from "../value-sources.ts";
import styles from "./details.module.css";
import { type FactRow, Facts } from "./facts.tsx";
import { MountList } from "./mount-list.tsx";
import { Pick } from "./pick.tsx";

/** A line of mountinfo, field by field. */
export function MountDetails({ snapshot, mount }: { readonly snapshot: KernelSnapshot; readonly mount: Mount }) {
  const text = useText();
  const pid = snapshot.tasks.find((task) => task.namespaces.mnt === mount.namespace)?.pid ?? 1;
  const fact = (label: string, value: string | null): FactRow => [
    label,
    value !== null && value !== "" && (
      <Sourced source={mountSource(pid, mount, label, value)}>
        <GuestText text={value} max={240} />
      </Sourced>
    ),
  ];
  const propagation = [
    mount.shared !== null && `shared:${mount.shared}`,
    mount.master !== null && `master:${mount.master}`,
    mount.propagateFrom !== null && `propagate_from:${mount.propagateFrom}`,
    mount.unbindable && "unbindable",
  ].filter(Boolean);
  return (
    <>
      <h3 className={styles.title}>
        <GuestText text={mount.mountPoint} max={64} />
        <small>
          <Pick selection={{ kind: "namespace", type: "mnt", inode: mount.namespace }} tint="mnt">
            mnt:[{mount.namespace}]
          </Pick>
        </small>
      </h3>
      <Facts
        rows={[
          fact("fstype", mount.fstype),
          fact("source", mount.source),
          fact("root", mount.root),
          fact("options", mount.options),
          fact(text.details.propagation, propagation.join(" ") || "private"),
          fact("device", mount.device),
          fact("super", mount.superOptions),
        ]}
      />
      <MountList mounts={snapshot.mounts.filter(({ namespace }) => namespace === mount.namespace)} />
    </>
  );
}
