"use client";

import { type ReactNode, useState } from "react";
import { CgroupPanel } from "../panels/cgroup-panel.tsx";
import { GlassPanel } from "../panels/glass-panel.tsx";
import { IsolationPanel } from "../panels/isolation-panel.tsx";
import { KernelLogPanel } from "../panels/kernel-log-panel.tsx";
import { ProcessTreePanel } from "../panels/process-tree-panel.tsx";
import { SourceCard } from "../panels/source-card.tsx";
import { TimelinePanel } from "../panels/timeline-panel.tsx";
import { useText } from "../text/text-context.tsx";
import { TerminalDock } from "./terminal-dock.tsx";
import { WidthHandle } from "./width-handle.tsx";
import styles from "./workbench.module.css";

const PANELS = ["glass", "tree", "isolation", "cgroup", "timeline", "log"] as const;
type PanelName = (typeof PANELS)[number] | "lesson";

interface LayoutProps {
  readonly header: ReactNode;
  readonly lesson?: ReactNode;
  readonly onStart: () => void;
}

/** Wide: all panels at once. Narrow: the terminal above, one panel at a time below, chosen with the bar at the end. */
export function WorkbenchLayout({ header, lesson, onStart }: LayoutProps) {
  const text = useText();
  const [active, setActive] = useState<PanelName>(lesson ? "lesson" : "glass");
  const panels: readonly PanelName[] = lesson ? ["lesson", ...PANELS] : PANELS;
  return (
    <div className={styles.page} data-active={active} data-lesson={lesson ? "" : undefined}>
      <a className={styles.skip} href="#terminal-hvc0">
        {text.skipToTerminal}
      </a>
      {header}
      <main className={styles.main}>
        <h1 className="visually-hidden">{text.title}</h1>
        {lesson && <div className={styles.lesson}>{lesson}</div>}
        <div className={styles.terminal}>
          <TerminalDock onStart={onStart} />
          <WidthHandle />
        </div>
        <div className={styles.glass}>
          <GlassPanel />
        </div>
        <div className={styles.tree}>
          <ProcessTreePanel />
        </div>
        <aside className={styles.right} aria-label={text.cgroup.title}>
          <div className={styles.isolation}>
            <IsolationPanel />
          </div>
          <div className={styles.cgroup}>
            <CgroupPanel />
          </div>
          <SourceCard />
        </aside>
        <div className={styles.timeline}>
          <TimelinePanel />
        </div>
        <div className={styles.log}>
          <KernelLogPanel />
        </div>
        <nav className={styles.bar} aria-label={text.tabs.label}>
          {panels.map((panel) => (
            <button
              key={panel}
              type="button"
              data-panel={panel}
              aria-current={active === panel ? "true" : undefined}
              onClick={() => setActive(panel)}
            >
              {text.tabs[panel]}
            </button>
          ))}
        </nav>
      </main>
    </div>
  );
}
