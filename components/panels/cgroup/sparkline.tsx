import { memo } from "react";
import styles from "./cgroup.module.css";

const WIDTH = 340;
const HEIGHT = 36;
const TOP = 4;

export interface SparkPoint {
  readonly atNs: number;
  readonly value: number;
  /** The kernel struck here: an OOM kill. */
  readonly mark: boolean;
}

interface SparklineProps {
  readonly points: readonly SparkPoint[];
  /** Line of the limit; null without one. */
  readonly limit: number | null;
  readonly label: string;
  /** How much time the width shows, ns. */
  readonly spanNs: number;
}

/** A minute of one figure. The scale reaches to the limit, or to the highest value where there is none. */
export const Sparkline = memo(function Sparkline({ points, limit, label, spanNs }: SparklineProps) {
  const last = points.at(-1);
  if (!last) return <div className={styles.spark} />;
  const ceiling = Math.max(limit ?? 0, ...points.map((point) => point.value)) || 1;
  const x = (atNs: number) => WIDTH - ((last.atNs - atNs) / spanNs) * WIDTH;
  const y = (value: number) => HEIGHT - 1 - (value / ceiling) * (HEIGHT - TOP - 1);
  const path = points
    .map((point, index) => `${index === 0 ? "M" : "L"}${x(point.atNs).toFixed(1)} ${y(point.value).toFixed(1)}`)
    .join("");
  const first = points[0] ?? last;
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path className={styles.area} d={`${path}L${WIDTH} ${HEIGHT}L${x(first.atNs).toFixed(1)} ${HEIGHT}Z`} />
      <path className={styles.line} d={path} />
      {limit !== null && <path className={styles.limit} d={`M0 ${y(limit).toFixed(1)}H${WIDTH}`} />}
      {points
        .filter((point) => point.mark)
        .map((point) => (
          <path key={point.atNs} className={styles.mark} d={`M${x(point.atNs).toFixed(1)} 0V${HEIGHT}`} />
        ))}
    </svg>
  );
});
