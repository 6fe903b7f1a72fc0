"use client";

import { useDeferredValue } from "react";
import type { Cgroup } from "../../lib/protocol/kernel-snapshot.ts";
import type { CgroupSample } from "../../lib/stores/history-store.ts";
import type { KernelState } from "../../lib/stores/kernel-store.ts";
import type { SelectionState } from "../../lib/stores/selection-store.ts";
import { useText } from "../text/text-context.tsx";
import { useHistory, useKernel, useSelection } from "../workbench/session-context.tsx";
import styles from "./cgroup/cgroup.module.css";
import { CgroupTree } from "./cgroup/cgroup-tree.tsx";
import { CpuMeter, MemoryMeter, PidsMeter } from "./cgroup/meters.tsx";
import { pickCgroup } from "./cgroup/pick-cgroup.ts";
import { IoMeter, PressureRows } from "./cgroup/pressure-and-io.tsx";
import { EmptyNote } from "./empty-note.tsx";
import { Panel } from "./panel.tsx";

const selectSnapshot = (state: KernelState) => state.snapshot;
const selectStruck = (state: KernelState) => state.struck;
const selectSelected = (state: SelectionState) => state.selected;
const NO_SAMPLES: readonly CgroupSample[] = [];

/** The tree of control groups; what one uses of what it may use, with the last minute of it. */
export function CgroupPanel() {
  const text = useText();
  const snapshot = useDeferredValue(useKernel(selectSnapshot));
  const selected = useSelection(selectSelected);
  const struck = useKernel(selectStruck);
  const cgroup = snapshot ? pickCgroup(snapshot, selected, struck) : null;
  return (
    <Panel title={text.cgroup.title} className={styles.panel}>
      {snapshot && cgroup ? (
        <>
          <CgroupTree snapshot={snapshot} shown={cgroup} />
          <Meters cgroup={cgroup} />
        </>
      ) : (
        <EmptyNote>{text.cgroup.none}</EmptyNote>
      )}
    </Panel>
  );
}

function Meters({ cgroup }: { readonly cgroup: Cgroup }) {
  const text = useText();
  const samples = useHistory((state) => state.cgroups.get(cgroup.id) ?? NO_SAMPLES);
  const { memory, cpu, pids, io, pressure } = cgroup;
  return (
    <div className={styles.meters} key={cgroup.id}>
      {memory && <MemoryMeter cgroup={cgroup} figures={memory} samples={samples} />}
      {cpu && <CpuMeter cgroup={cgroup} figures={cpu} samples={samples} />}
      {pids && <PidsMeter cgroup={cgroup} figures={pids} samples={samples} />}
      {io && <IoMeter cgroup={cgroup} figures={io} samples={samples} />}
      {pressure && <PressureRows cgroup={cgroup} figures={pressure} />}
      {!memory && !cpu && !pids && <EmptyNote>{text.cgroup.controllerOff}</EmptyNote>}
    </div>
  );
}
