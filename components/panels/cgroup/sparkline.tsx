import { memo } from "react";
import styles from "./cgroup.module.css";

const WIDTH = 340;
const HEIGHT = 36;
const TOP = 4;

export interface SparkPoint {
  readonly atNs: number;
  readonly value: number;
  /** The kernel struck here (an OOM kill) or held the group back (a limit was hit). */
  readonly mark: "struck" | "held" | null;
  /** Share of the time in which the group was held back, 0 to 1: drawn as a bar from below. */
  readonly held?: number;
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
  const ceiling = points.reduce((highest, point) => Math.max(highest, point.value), limit ?? 0) || 1;
  const x = (atNs: number) => (WIDTH - ((last.atNs - atNs) / spanNs) * WIDTH).toFixed(1);
  const y = (value: number) => (HEIGHT - 1 - (value / ceiling) * (HEIGHT - TOP - 1)).toFixed(1);
  const path = points.map((point, index) => `${index === 0 ? "M" : "L"}${x(point.atNs)} ${y(point.value)}`).join("");
  const first = points[0] ?? last;
  const marks = (kind: SparkPoint["mark"]) =>
    points
      .filter(({ mark }) => mark === kind)
      .map(({ atNs }) => `M${x(atNs)} 0V${HEIGHT}`)
      .join("");
  const held = points
    .filter((point) => (point.held ?? 0) > 0)
    .map(({ atNs, held: share = 0 }) => `M${x(atNs)} ${HEIGHT}v${(-share * (HEIGHT - TOP)).toFixed(1)}`)
    .join("");
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {held !== "" && <path className={styles.held} d={held} />}
      <path className={styles.area} d={`${path}L${WIDTH} ${HEIGHT}L${x(first.atNs)} ${HEIGHT}Z`} />
      <path className={styles.line} d={path} />
      {limit !== null && <path className={styles.limit} d={`M0 ${y(limit)}H${WIDTH}`} />}
      <path className={styles.mark} data-tone="held" d={marks("held")} />
      <path className={styles.mark} data-tone="struck" d={marks("struck")} />
    </svg>
  );
});
