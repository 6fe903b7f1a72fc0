import type { ReactNode } from "react";
import { PanelPlace, PanelTitle } from "../workbench/layout/panel-head.tsx";
import styles from "./panel.module.css";

interface PanelProps {
  readonly title: string;
  readonly hint?: string;
  /** Small figures or controls at the right of the title. */
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

export function Panel({ title, hint, aside, className = "", children }: PanelProps) {
  return (
    <section className={`${styles.panel} ${className}`} aria-label={title} data-region="" tabIndex={-1}>
      <div className={styles.head}>
        <PanelTitle title={title} />
        {hint && <p className={styles.hint}>{hint}</p>}
        <div className={styles.aside}>{aside}</div>
        <PanelPlace />
      </div>
      {children}
    </section>
  );
}
