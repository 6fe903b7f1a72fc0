"use client";

import { type CSSProperties, useMemo } from "react";
import type { CgroupIo, CgroupIoDevice, CgroupPressure } from "../../../lib/protocol/kernel-cgroup.ts";
import type { Cgroup } from "../../../lib/protocol/kernel-snapshot.ts";
import type { CgroupSample } from "../../../lib/stores/history-store.ts";
import { useText } from "../../text/text-context.tsx";
import { formatBytes, formatPercent } from "../../ui/format.ts";
import { GuestText } from "../../ui/guest-text.tsx";
import { Sourced } from "../sourced.tsx";
import { cgroupSource } from "../value-sources.ts";
import styles from "./cgroup.module.css";
import { LimitField } from "./limit-field.tsx";
import { Sparkline } from "./sparkline.tsx";

const KINDS = ["cpu", "memory", "io"] as const;
const SPAN_NS = 60e9;

/** Pressure stall information: how much of the time something waited for each of the three. */
export function PressureRows({ cgroup, figures }: { readonly cgroup: Cgroup; readonly figures: CgroupPressure }) {
  const text = useText();
  return (
    <section className={styles.meter} aria-label={text.cgroup.pressure}>
      <div className={styles.row}>
        <h3>{text.cgroup.pressure}</h3>
        <p>
          <small>{text.cgroup.pressureHint}</small>
        </p>
      </div>
      <ul className={styles.pressure}>
        {KINDS.map((kind) => {
          const { some, full } = figures[kind];
          const value = `${formatPercent(some.avg10)} %`;
          const raw = `some avg10=${some.avg10} avg60=${some.avg60} avg300=${some.avg300}, full avg10=${full.avg10}`;
          return (
            <li key={kind}>
              <span>{text.cgroup[kind]}</span>
              <span className={styles.bar}>
                <i
                  data-held={some.avg10 > 0 || undefined}
                  style={{ "--share": Math.min(1, some.avg10 / 100).toFixed(3) } as CSSProperties}
                />
              </span>
              <Sourced source={cgroupSource(cgroup, `${kind}.pressure`, raw)}>{value}</Sourced>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface IoProps {
  readonly cgroup: Cgroup;
  readonly figures: CgroupIo;
  readonly samples: readonly CgroupSample[];
}

/** What the group read from and wrote to each disk. */
export function IoMeter({ cgroup, figures, samples }: IoProps) {
  const text = useText();
  const points = useMemo(
    () => samples.map(({ atNs, ioBytesPerSec }) => ({ atNs, value: ioBytesPerSec ?? 0, mark: null })),
    [samples],
  );
  if (figures.devices.length === 0) return null;
  const now = samples.at(-1)?.ioBytesPerSec ?? 0;
  return (
    <section className={styles.meter} aria-label={text.cgroup.io}>
      <div className={styles.row}>
        <h3>{text.cgroup.io}</h3>
        <p>{text.cgroup.perSecond(formatBytes(now))}</p>
      </div>
      <Sparkline points={points} limit={null} label={text.cgroup.historyLabel(text.cgroup.io)} spanNs={SPAN_NS} />
      {figures.devices.map((device) => (
        <ul key={device.device} className={styles.marks}>
          <li>
            <GuestText text={device.name} max={16} />
          </li>
          <li>
            <Sourced source={cgroupSource(cgroup, "io.stat", `rbytes=${device.rbytes} rios=${device.rios}`)}>
              {text.cgroup.read} {formatBytes(device.rbytes)}
            </Sourced>
          </li>
          <li>
            <Sourced source={cgroupSource(cgroup, "io.stat", `wbytes=${device.wbytes} wios=${device.wios}`)}>
              {text.cgroup.written} {formatBytes(device.wbytes)}
            </Sourced>
          </li>
          <li>
            io.max <LimitField cgroup={cgroup} file="io.max" shown={maxText(device)} raw={rawMax(device)} />
          </li>
        </ul>
      ))}
    </section>
  );
}

const keys = ["rbps", "wbps", "riops", "wiops"] as const;

function maxText({ max }: CgroupIoDevice): string {
  const set = max ? keys.filter((key) => max[key] !== "max") : [];
  return set.length === 0 ? "max" : set.map((key) => `${key}=${max?.[key]}`).join(" ");
}

function rawMax({ device, max }: CgroupIoDevice): string {
  return `${device} ${keys
    .slice(0, 2)
    .map((key) => `${key}=${max?.[key] ?? "max"}`)
    .join(" ")}`;
}
