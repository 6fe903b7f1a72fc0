"use client";

import type { Cgroup, KernelSnapshot } from "../../../lib/protocol/kernel-snapshot.ts";
import { request } from "../../../lib/stores/guest-actions.ts";
import { containerOf } from "../../../lib/stores/names-store.ts";
import { useText } from "../../text/text-context.tsx";
import { GuestText } from "../../ui/guest-text.tsx";
import { useNames, useSession } from "../../workbench/session-context.tsx";
import { Sourced } from "../sourced.tsx";
import { type CgroupFile, cgroupSource } from "../value-sources.ts";
import { type Action, ActionBar } from "./action-bar.tsx";
import styles from "./details.module.css";
import { type FactRow, Facts } from "./facts.tsx";
import { MemberList } from "./member-list.tsx";
import { openShell } from "./open-shell.ts";

/** A control group: its processes and switches; its figures are the cgroup panel's. */
export function CgroupDetails({ snapshot, cgroup }: { readonly snapshot: KernelSnapshot; readonly cgroup: Cgroup }) {
  const text = useText();
  const names = useNames();
  const container = containerOf(cgroup.path, names);
  const members = snapshot.tasks.filter((task) => task.cgroup === cgroup.id && !task.kthread);
  const fact = (file: CgroupFile, value: string): FactRow => [
    file,
    value !== "" && <Sourced source={cgroupSource(cgroup, file, value)}>{value}</Sourced>,
  ];
  return (
    <>
      <h3 className={styles.title}>
        <GuestText text={container?.name ?? (cgroup.name || "/")} max={32} />
        <small>
          <GuestText text={cgroup.path.replace(/[0-9a-f]{64}/g, (id) => id.slice(0, 12))} max={64} />
        </small>
      </h3>
      {cgroup.parent !== null && <CgroupActions cgroup={cgroup} container={container} />}
      <Facts
        rows={[
          fact("cgroup.controllers", cgroup.controllers.join(" ")),
          fact("cgroup.subtree_control", cgroup.subtreeControl.join(" ")),
          fact("cgroup.events", `frozen ${cgroup.frozen ? 1 : 0}`),
          fact("cgroup.procs", String(cgroup.procs)),
          [
            text.details.deviceProgram,
            cgroup.devicePrograms.effective > 0 &&
              text.details.attached(cgroup.devicePrograms.attached, cgroup.devicePrograms.effective),
          ],
        ]}
      />
      <MemberList tasks={members} />
    </>
  );
}

interface ActionProps {
  readonly cgroup: Cgroup;
  readonly container: { readonly id: string } | null;
}

function CgroupActions({ cgroup, container }: ActionProps) {
  const text = useText();
  const { client, dock } = useSession();
  const write = (file: string, value: string) => request(client, "writeCgroup", { cgroup: cgroup.path, file, value });
  const actions: readonly Action[] = container
    ? [
        {
          label: cgroup.frozen ? text.details.unpause : text.details.pause,
          run: () => request(client, cgroup.frozen ? "unpause" : "pause", { container: container.id }),
        },
        {
          label: text.details.shellHere,
          run: () => openShell(client, dock, container.id),
        },
        {
          label: text.details.stop,
          run: () => request(client, "stop", { container: container.id, timeoutSeconds: 2 }),
        },
        {
          label: text.details.remove,
          danger: true,
          run: () => request(client, "rm", { container: container.id, force: true }),
        },
      ]
    : [
        {
          label: cgroup.frozen ? text.details.thaw : text.details.freeze,
          run: () => write("cgroup.freeze", cgroup.frozen ? "0" : "1"),
        },
        { label: "cgroup.kill", danger: true, run: () => write("cgroup.kill", "1") },
      ];
  return <ActionBar groups={[actions]} />;
}
