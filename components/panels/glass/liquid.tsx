"use client";

import type { CSSProperties } from "react";
import { memoryLimit, memoryScale } from "../../../lib/model/memory-limit.ts";
import type { Cgroup } from "../../../lib/protocol/kernel-snapshot.ts";
import { type CgroupSample, recentCpuPercent } from "../../../lib/stores/history-store.ts";
import type { KernelState } from "../../../lib/stores/kernel-store.ts";
import { useText } from "../../text/text-context.tsx";
import { formatBytes, formatShare } from "../../ui/format.ts";
import { useHistory, useKernel } from "../../workbench/session-context.tsx";
import { Sourced } from "../sourced.tsx";
import { cgroupSource } from "../value-sources.ts";
import styles from "./glass.module.css";

const selectCgroups = (state: KernelState) => state.snapshot?.cgroups;

/**
 * memory.current as the level. The brim is the limit that holds: the group's own or one from above. Without any, the
 * pane has a scale of its own, said as such, so that a level means something.
 */
export function Liquid({ cgroup, struck }: { readonly cgroup: Cgroup; readonly struck: boolean }) {
  const text = useText();
  const cgroups = useKernel(selectCgroups);
  const { memory } = cgroup;
  if (!memory) return null;
  const limit = memoryLimit(cgroups ?? [], cgroup);
  const full = limit?.bytes ?? memoryScale(memory.peak);
  const level = Math.min(1, memory.current / Math.max(1, full));
  return (
    <>
      <div className={styles.vessel} aria-hidden="true">
        <div
          className={styles.liquid}
          data-struck={struck || undefined}
          style={{ "--level": level.toFixed(4) } as CSSProperties}
        >
          <svg className={styles.surface} viewBox="0 0 400 8" preserveAspectRatio="none" aria-hidden="true">
            <path d="M0 4C33 0 67 0 100 4s67 4 100 0 67-4 100 0 67 4 100 0V8H0Z" />
            <path d="M0 4C33 0 67 0 100 4s67 4 100 0 67-4 100 0 67 4 100 0" />
          </svg>
        </div>
      </div>
      {limit ? (
        <div className={styles.brim} data-struck={struck || undefined}>
          <Sourced source={cgroupSource(limit.of, "memory.max", formatBytes(limit.bytes))}>
            {limit.of.id === cgroup.id ? (
              <span className={styles.file}>memory.max</span>
            ) : (
              <span className={styles.file}>{text.glass.limitFromAbove}</span>
            )}{" "}
            {formatBytes(limit.bytes)}
          </Sourced>
        </div>
      ) : (
        <div className={styles.scale} aria-hidden="true">
          <span>{text.glass.scale(formatBytes(full))}</span>
        </div>
      )}
    </>
  );
}

const NO_SAMPLES: readonly CgroupSample[] = [];
const DUTY_CELLS = 16;

export function PaneFigures({ cgroup }: { readonly cgroup: Cgroup }) {
  const text = useText();
  const samples = useHistory((state) => state.cgroups.get(cgroup.id) ?? NO_SAMPLES);
  const { memory, pids } = cgroup;
  const percent = formatShare(recentCpuPercent(samples));
  return (
    <dl className={styles.figures}>
      {memory && (
        <div>
          <dt>{text.glass.memory}</dt>
          <dd>
            <Sourced source={cgroupSource(cgroup, "memory.current", formatBytes(memory.current))}>
              {formatBytes(memory.current)}
            </Sourced>
          </dd>
        </div>
      )}
      <div>
        <dt>{text.glass.cpu}</dt>
        <dd>
          <Sourced source={cgroupSource(cgroup, "cpu.stat", percent)}>{percent}</Sourced>
          <Duty samples={samples} />
        </dd>
      </div>
      {pids && (
        <div>
          <dt>{text.glass.pids}</dt>
          <dd>
            <Sourced source={cgroupSource(cgroup, "pids.current", String(pids.current))}>{pids.current}</Sourced>
            {pids.max !== "max" && <small>/{pids.max}</small>}
          </dd>
        </div>
      )}
    </dl>
  );
}

/** The last four seconds of CPU as cells; a cell in which the kernel held the group back is yellow. */
function Duty({ samples }: { readonly samples: readonly CgroupSample[] }) {
  const recent = samples.slice(-DUTY_CELLS);
  if (recent.every((sample) => !sample.cpuPercent)) return null;
  return (
    <span className={styles.duty} aria-hidden="true">
      {recent.map((sample) => (
        <i
          key={sample.atNs}
          data-held={(sample.throttledPercent ?? 0) > 0 || undefined}
          style={{ "--h": ((sample.cpuPercent ?? 0) / 100).toFixed(2) } as CSSProperties}
        />
      ))}
    </span>
  );
}
