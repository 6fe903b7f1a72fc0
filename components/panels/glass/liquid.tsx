"use client";

import type { CSSProperties } from "react";
import type { Cgroup } from "../../../lib/protocol/kernel-snapshot.ts";
import { type CgroupSample, recentCpuPercent } from "../../../lib/stores/history-store.ts";
import { useText } from "../../text/text-context.tsx";
import { formatBytes, formatPercent } from "../../ui/format.ts";
import { useHistory } from "../../workbench/session-context.tsx";
import { Sourced } from "../sourced.tsx";
import { cgroupSource } from "../value-sources.ts";
import styles from "./glass.module.css";

/** Without a limit of its own a group may fill the whole machine. */
const MACHINE_BYTES = 256 * 1024 * 1024;

/** memory.current as the level, memory.max as the brim. */
export function Liquid({ cgroup, struck }: { readonly cgroup: Cgroup; readonly struck: boolean }) {
  const { memory } = cgroup;
  if (!memory) return null;
  const limited = memory.max !== "max";
  const level = Math.min(1, memory.current / (memory.max === "max" ? MACHINE_BYTES : Math.max(1, memory.max)));
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
      {limited && (
        <div className={styles.brim} data-struck={struck || undefined}>
          <Sourced source={cgroupSource(cgroup, "memory.max", formatBytes(memory.max as number))}>
            <span className={styles.file}>memory.max</span> {formatBytes(memory.max as number)}
          </Sourced>
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
  const percent = `${formatPercent(recentCpuPercent(samples))} %`;
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
