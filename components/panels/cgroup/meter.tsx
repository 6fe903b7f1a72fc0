import type { CSSProperties, ReactNode } from "react";
import styles from "./cgroup.module.css";

interface MeterProps {
  readonly label: string;
  readonly value: ReactNode;
  readonly limit: ReactNode;
  /** Usage against the limit, 0 to 1; null without a limit. */
  readonly share: number | null;
  readonly tone: "calm" | "held" | "struck";
  readonly children?: ReactNode;
}

export function Meter({ label, value, limit, share, tone, children }: MeterProps) {
  return (
    <div className={styles.meter} data-tone={tone}>
      <div className={styles.row}>
        <h3>{label}</h3>
        <p>
          {value} <small>/ {limit}</small>
        </p>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers do not let a <meter> be drawn freely. */}
      <div
        className={styles.bar}
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round((share ?? 0) * 100)}
        data-unlimited={share === null || undefined}
      >
        <i style={{ "--share": Math.min(1, share ?? 0).toFixed(4) } as CSSProperties} />
      </div>
      {children}
    </div>
  );
}
