"use client";

import { useMemo } from "react";
import type { Cgroup, CgroupCpu, CgroupMemory, CgroupPids } from "../../../lib/protocol/kernel-snapshot.ts";
import { type CgroupSample, recentCpuPercent } from "../../../lib/stores/history-store.ts";
import { useText } from "../../text/text-context.tsx";
import { formatBytes, formatLimit, formatPercent, formatShare } from "../../ui/format.ts";
import { useKernel } from "../../workbench/session-context.tsx";
import { Sourced } from "../sourced.tsx";
import { cgroupSource } from "../value-sources.ts";
import styles from "./cgroup.module.css";
import { LimitField } from "./limit-field.tsx";
import { MemoryStat } from "./memory-stat.tsx";
import { Meter } from "./meter.tsx";
import { Sparkline, type SparkPoint } from "./sparkline.tsx";

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
    () =>
      samples.map(({ atNs, memoryBytes, oomKilled, hitMemoryMax }): SparkPoint => {
        const mark = oomKilled ? "struck" : hitMemoryMax ? "held" : null;
        return { atNs, value: memoryBytes ?? 0, mark };
      }),
    [samples],
  );
  const current = formatBytes(figures.current);
  const max = limit === null ? text.cgroup.limitNone : formatBytes(limit);
  return (
    <Meter
      label={text.cgroup.memory}
      value={<Sourced source={cgroupSource(cgroup, "memory.current", current)}>{current}</Sourced>}
      limit={<LimitField cgroup={cgroup} file="memory.max" shown={max} raw={String(figures.max)} />}
      share={limit === null ? null : figures.current / Math.max(1, limit)}
      tone={struck ? "struck" : "calm"}
    >
      <Sparkline points={points} limit={limit} label={text.cgroup.historyLabel(text.cgroup.memory)} spanNs={SPAN_NS} />
      <MemoryStat cgroup={cgroup} figures={figures} />
      <ul className={styles.marks}>
        <li>
          high{" "}
          <LimitField
            cgroup={cgroup}
            file="memory.high"
            shown={formatLimit(figures.high, formatBytes)}
            raw={String(figures.high)}
          />
        </li>
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
    () =>
      samples.map(({ atNs, cpuPercent, throttledPercent }): SparkPoint => {
        return { atNs, value: cpuPercent ?? 0, mark: null, held: (throttledPercent ?? 0) / 100 };
      }),
    [samples],
  );
  const percent = formatShare(used);
  const max = limit === null ? text.cgroup.limitNone : `${formatPercent(limit)} %`;
  return (
    <Meter
      label={text.cgroup.cpu}
      value={<Sourced source={cgroupSource(cgroup, "cpu.stat", percent)}>{percent}</Sourced>}
      limit={
        <LimitField
          cgroup={cgroup}
          file="cpu.max"
          shown={max}
          raw={limit === null ? "max" : `${formatPercent(limit)}%`}
          toFile={(typed) => cpuMax(typed, figures.period_usec)}
        />
      }
      share={(used ?? 0) / (limit ?? 100)}
      tone={held ? "held" : "calm"}
    >
      <Sparkline points={points} limit={limit} label={text.cgroup.historyLabel(text.cgroup.cpu)} spanNs={SPAN_NS} />
      <ul className={styles.marks}>
        <li>
          weight{" "}
          <LimitField cgroup={cgroup} file="cpu.weight" shown={String(figures.weight)} raw={String(figures.weight)} />
        </li>
        {figures.nr_periods > 0 && limit !== null && (
          <li data-tone={held ? "held" : undefined}>
            <Sourced
              source={cgroupSource(cgroup, "cpu.stat", `nr_throttled ${figures.nr_throttled} / ${figures.nr_periods}`)}
            >
              {text.cgroup.throttled(figures.nr_throttled, figures.nr_periods)}
            </Sourced>
          </li>
        )}
      </ul>
    </Meter>
  );
}

/** "20%" -> "20000 100000"; what is in the file's own form goes as it is, so that the kernel judges it. */
export function cpuMax(typed: string, periodUsec: number): string {
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(typed)?.[1];
  return percent === undefined ? typed : `${Math.round((Number(percent) / 100) * periodUsec)} ${periodUsec}`;
}

export function PidsMeter({ cgroup, figures, samples }: MeterOf<CgroupPids>) {
  const text = useText();
  const points = useMemo(
    () =>
      samples.map(({ atNs, pids, forkRefused }): SparkPoint => {
        return { atNs, value: pids ?? 0, mark: forkRefused ? "held" : null };
      }),
    [samples],
  );
  const limit = figures.max === "max" ? null : figures.max;
  const max = limit === null ? text.cgroup.limitNone : String(limit);
  return (
    <Meter
      label={text.cgroup.pids}
      value={
        <Sourced source={cgroupSource(cgroup, "pids.current", String(figures.current))}>{figures.current}</Sourced>
      }
      limit={<LimitField cgroup={cgroup} file="pids.max" shown={max} raw={String(figures.max)} />}
      share={limit === null ? null : figures.current / Math.max(1, limit)}
      tone={limit !== null && figures.current >= limit ? "held" : "calm"}
    >
      <Sparkline points={points} limit={limit} label={text.cgroup.historyLabel(text.cgroup.pids)} spanNs={SPAN_NS} />
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
