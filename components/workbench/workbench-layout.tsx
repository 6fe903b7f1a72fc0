"use client";

import { type ReactNode, useState } from "react";
import { forgetSource } from "../../lib/stores/selection-store.ts";
import { SourceCard } from "../panels/source-card.tsx";
import { SOURCE_HOME } from "../panels/source-home.ts";
import { useText } from "../text/text-context.tsx";
import { PANEL_NAMES, type PanelName, slotOf } from "./layout/arrangement.ts";
import { LayoutContext } from "./layout/layout-context.tsx";
import { SlotView } from "./layout/slot-view.tsx";
import { SplitHandle } from "./layout/split-handle.tsx";
import { useArrangement } from "./layout/use-arrangement.ts";
import { useFollowSelection } from "./layout/use-follow-selection.ts";
import { useRegionKeys } from "./layout/use-region-keys.ts";
import { useSession } from "./session-context.tsx";
import { TerminalDock } from "./terminal-dock.tsx";
import styles from "./workbench.module.css";

interface LayoutProps {
  readonly header: ReactNode;
  readonly lesson?: ReactNode;
  readonly onStart: () => void;
}

/** Wide: all places at once, or one enlarged. Narrow: the terminal above, one panel below, chosen with the bar at the end. */
export function WorkbenchLayout({ header, lesson, onStart }: LayoutProps) {
  const text = useText();
  const { actions, focused } = useArrangement();
  const { arrangement } = actions;
  const [active, setActive] = useState<PanelName | "lesson">(lesson ? "lesson" : "glass");
  const main = useRegionKeys();
  const { selection } = useSession();
  useFollowSelection(actions);
  const bar: readonly (PanelName | "lesson")[] = lesson ? ["lesson", ...PANEL_NAMES] : PANEL_NAMES;
  const focusedSlot = focused && slotOf(arrangement, focused);
  const slot = (name: Parameters<typeof SlotView>[0]["name"]) => (
    <SlotView name={name} focused={focusedSlot === name} />
  );
  return (
    <LayoutContext value={actions}>
      <div
        className={styles.page}
        data-active={active === "lesson" ? "lesson" : slotOf(arrangement, active)}
        data-lesson={lesson ? "" : undefined}
        data-focused={focusedSlot ?? undefined}
        data-no-left={arrangement.left.front === null || undefined}
        data-no-bottom={arrangement.bottom.front === null || undefined}
      >
        <a className={styles.skip} href="#terminal-hvc0">
          {text.skipToTerminal}
        </a>
        {header}
        <main className={styles.main} ref={main}>
          <h1 className="visually-hidden">{text.title}</h1>
          {lesson && <div className={styles.lesson}>{lesson}</div>}
          <div className={styles.terminal}>
            <TerminalDock onStart={onStart} />
            <SplitHandle name="terminalWidth" />
          </div>
          <div className={styles.center}>{slot("center")}</div>
          <div className={styles.left}>
            {!lesson && <SplitHandle name="leftHeight" />}
            {slot("left")}
          </div>
          <aside className={styles.right} aria-label={text.layout.slots.side}>
            <SplitHandle name="sideWidth" />
            {arrangement.corner.front && <div className={styles.corner}>{slot("corner")}</div>}
            {arrangement.side.front && <div className={styles.side}>{slot("side")}</div>}
            <div className={styles.source} id={SOURCE_HOME}>
              <SourceCard />
            </div>
          </aside>
          <div className={styles.sourceAbove}>
            <SourceCard />
          </div>
          <div className={styles.bottom}>
            <SplitHandle name="bottomHeight" />
            {slot("bottom")}
          </div>
          <nav className={styles.bar} aria-label={text.tabs.label}>
            {bar.map((panel) => (
              <button
                key={panel}
                type="button"
                data-panel={panel}
                aria-current={active === panel ? "true" : undefined}
                onClick={() => {
                  setActive(panel);
                  // On a phone the card takes room of the panel that a value of it was asked in.
                  forgetSource(selection);
                  if (panel !== "lesson") actions.show(panel);
                }}
              >
                {text.tabs[panel]}
              </button>
            ))}
          </nav>
        </main>
      </div>
    </LayoutContext>
  );
}
