import type { ReactNode } from "react";
import styles from "./details.module.css";

/** A labelled value; rows without a value are left out. */
export type FactRow = readonly [label: string, value: ReactNode];

export function Facts({ rows }: { readonly rows: readonly FactRow[] }) {
  return (
    <dl className={styles.facts}>
      {rows
        .filter(([, value]) => value !== null && value !== undefined && value !== false)
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

interface SectionProps {
  readonly title: string;
  readonly count?: number;
  readonly children: ReactNode;
}

export function Section({ title, count, children }: SectionProps) {
  return (
    <section className={styles.section} aria-label={title}>
      <h3>
        {title}
        {count !== undefined && <small> {count}</small>}
      </h3>
      {children}
    </section>
  );
}
