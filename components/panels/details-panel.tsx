"use client";

import { useDeferredValue } from "react";
import type { KernelSnapshot } from "../../lib/protocol/kernel-snapshot.ts";
import type { KernelState } from "../../lib/stores/kernel-store.ts";
import type { Selection, SelectionState } from "../../lib/stores/selection-store.ts";
import { useText } from "../text/text-context.tsx";
import { useKernel, useSelection } from "../workbench/session-context.tsx";
import { CgroupDetails } from "./details/cgroup-details.tsx";
import styles from "./details/details.module.css";
import { DeviceDetails } from "./details/device-details.tsx";
import { MountDetails } from "./details/mount-details.tsx";
import { NamespaceDetails } from "./details/namespace-details.tsx";
import { TaskDetails } from "./details/task-details.tsx";
import { EmptyNote } from "./empty-note.tsx";
import { Panel } from "./panel.tsx";

const selectSnapshot = (state: KernelState) => state.snapshot;
const selectSelected = (state: SelectionState) => state.selected;

/** All that the kernel holds of the one thing that is selected, and what can be asked of it. */
export function DetailsPanel() {
  const text = useText();
  const snapshot = useDeferredValue(useKernel(selectSnapshot));
  const selected = useSelection(selectSelected);
  const body = snapshot && selected ? bodyOf(snapshot, selected) : null;
  return (
    <Panel title={text.details.title}>
      <div className={styles.body}>
        {body ?? <EmptyNote>{selected ? text.details.gone : text.details.empty}</EmptyNote>}
      </div>
    </Panel>
  );
}

function bodyOf(snapshot: KernelSnapshot, selected: Selection) {
  switch (selected.kind) {
    case "task": {
      const task = snapshot.tasks.find(
        ({ pid, startTimeNs }) => pid === selected.pid && startTimeNs === selected.startTimeNs,
      );
      return task && <TaskDetails key={task.pid} snapshot={snapshot} task={task} />;
    }
    case "namespace": {
      const namespace = snapshot.namespaces.find(
        ({ inode, type }) => inode === selected.inode && type === selected.type,
      );
      return namespace && <NamespaceDetails snapshot={snapshot} namespace={namespace} />;
    }
    case "cgroup": {
      const cgroup = snapshot.cgroups.find(({ id }) => id === selected.id);
      return cgroup && <CgroupDetails key={cgroup.id} snapshot={snapshot} cgroup={cgroup} />;
    }
    case "mount": {
      const mount = snapshot.mounts.find(({ namespace, id }) => namespace === selected.namespace && id === selected.id);
      return mount && <MountDetails snapshot={snapshot} mount={mount} />;
    }
    case "device": {
      const device = snapshot.netDevices.find(
        ({ namespace, ifindex }) => namespace === selected.namespace && ifindex === selected.ifindex,
      );
      return device && <DeviceDetails snapshot={snapshot} device={device} />;
    }
  }
}
