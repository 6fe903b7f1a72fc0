"use client";

import { useMemo } from "react";
import type { Cgroup, CgroupCpu, CgroupMemory, CgroupPids } from "../../../lib/protocol/kernel-snapshot.ts";
import { type CgroupSample, recentCpuPercent } from "../../../lib/stores/history-store.ts";
import { useText } from "../../text/text-context.tsx";
import { formatBytes, formatPercent } from "../../ui/format.ts";
import { useKernel } from "../../workbench/session-context.tsx";
import { Sourced } from "../sourced.tsx";
import { cgroupSource } from "../value-sources.ts";
import styles from "./cgroup.module.css";
import { Meter } from "./meter.tsx";
import { Sparkline } from "./sparkline.tsx";

/** The history's length: 240 samples of 250 ms. */
const SPAN_NS = 60e9;
/** A group counts as held back while it was throttled in the last two seconds. */
const HELD_SAMPLES = 8;

interface MeterOf<T> {
  readonly cgroup: Cgroup;
  readonly figures: T;
  readonly samples: readonly CgroupSample[];
}

export function MemoryMeter({ cgroup, figures, samples }: MeterOf<CgroupMemory>) {
  const text = useText();
  const struck = useKernel((state) => state.struck.has(cgroup.id));
  const limit = figures.max === "max" ? null : figures.max;
  const points = useMemo(
    () => samples.map(({ atNs, memoryBytes, oomKilled }) => ({ atNs, value: memoryBytes ?? 0, mark: oomKilled })),
    [samples],
  );
  const current = formatBytes(figures.current);
  const max = limit === null ? text.cgroup.limitNone : formatBytes(limit);
  return (
    <Meter
      label={text.cgroup.memory}
      value={<Sourced source={cgroupSource(cgroup, "memory.current", current)}>{current}</Sourced>}
      limit={<Sourced source={cgroupSource(cgroup, "memory.max", max)}>{max}</Sourced>}
      share={limit === null ? null : figures.current / Math.max(1, limit)}
      tone={struck ? "struck" : "calm"}
    >
      <Sparkline points={points} limit={limit} label={text.cgroup.historyLabel(text.cgroup.memory)} spanNs={SPAN_NS} />
      <ul className={styles.marks}>
        <li>
          <Sourced source={cgroupSource(cgroup, "memory.peak", formatBytes(figures.peak))}>
            {text.cgroup.peak} {formatBytes(figures.peak)}
          </Sourced>
        </li>
        {figures.events.max > 0 && (
          <li data-tone="held">
            <Sourced source={cgroupSource(cgroup, "memory.events", `max ${figures.events.max}`)}>
              {text.cgroup.hitMax(figures.events.max)}
            </Sourced>
          </li>
        )}
        {figures.events.oom_kill > 0 && (
          <li data-tone="struck">
            <Sourced source={cgroupSource(cgroup, "memory.events", `oom_kill ${figures.events.oom_kill}`)}>
              {text.cgroup.oom(figures.events.oom_kill)}
            </Sourced>
          </li>
        )}
      </ul>
    </Meter>
  );
}

export function CpuMeter({ cgroup, figures, samples }: MeterOf<CgroupCpu>) {
  const text = useText();
  const limit = figures.max === "max" ? null : (100 * figures.max) / Math.max(1, figures.period_usec);
  const used = recentCpuPercent(samples);
  const recent = samples.slice(-HELD_SAMPLES);
  const held = recent.some((sample) => (sample.throttledPercent ?? 0) > 0);
  const points = useMemo(
    () => samples.map(({ atNs, cpuPercent }) => ({ atNs, value: cpuPercent ?? 0, mark: false })),
    [samples],
  );
  const percent = `${formatPercent(used)} %`;
  const max = limit === null ? text.cgroup.limitNone : `${formatPercent(limit)} %`;
  return (
    <Meter
      label={text.cgroup.cpu}
      value={<Sourced source={cgroupSource(cgroup, "cpu.stat", percent)}>{percent}</Sourced>}
      limit={<Sourced source={cgroupSource(cgroup, "cpu.max", max)}>{max}</Sourced>}
      share={used / (limit ?? 100)}
      tone={held ? "held" : "calm"}
    >
      <Sparkline points={points} limit={limit} label={text.cgroup.historyLabel(text.cgroup.cpu)} spanNs={SPAN_NS} />
      {figures.nr_periods > 0 && limit !== null && (
        <ul className={styles.marks}>
          <li data-tone={held ? "held" : undefined}>
            <Sourced
              source={cgroupSource(cgroup, "cpu.stat", `nr_throttled ${figures.nr_throttled} / ${figures.nr_periods}`)}
            >
              {text.cgroup.throttled(figures.nr_throttled, figures.nr_periods)}
            </Sourced>
          </li>
        </ul>
      )}
    </Meter>
  );
}

export function PidsMeter({ cgroup, figures }: MeterOf<CgroupPids>) {
  const text = useText();
  const limit = figures.max === "max" ? null : figures.max;
  const max = limit === null ? text.cgroup.limitNone : String(limit);
  return (
    <Meter
      label={text.cgroup.pids}
      value={
        <Sourced source={cgroupSource(cgroup, "pids.current", String(figures.current))}>{figures.current}</Sourced>
      }
      limit={<Sourced source={cgroupSource(cgroup, "pids.max", max)}>{max}</Sourced>}
      share={limit === null ? null : figures.current / Math.max(1, limit)}
      tone={limit !== null && figures.current >= limit ? "held" : "calm"}
    >
      {figures.events_max > 0 && (
        <ul className={styles.marks}>
          <li data-tone="held">
            <Sourced source={cgroupSource(cgroup, "pids.events", `max ${figures.events_max}`)}>
              {text.cgroup.refused(figures.events_max)}
            </Sourced>
          </li>
        </ul>
      )}
    </Meter>
  );
}
