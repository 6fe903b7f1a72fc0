"use client";

import { type KeyboardEvent, useRef } from "react";
import { useStore } from "zustand";
import type { TerminalId } from "../../lib/protocol/machine.ts";
import { DOCK_TABS, type DockState, type DockTab } from "../../lib/stores/dock-store.ts";
import { KernelLog } from "../panels/kernel-log-panel.tsx";
import { TerminalView } from "../terminal/terminal-view.tsx";
import { useText } from "../text/text-context.tsx";
import { BootOverlay } from "./boot-overlay.tsx";
import { QUICK_COMMANDS } from "./quick-commands.ts";
import { useSession } from "./session-context.tsx";
import styles from "./terminal-dock.module.css";

const selectActive = (state: DockState) => state.active;

interface DockProps {
  readonly onStart: () => void;
  /** The first terminal takes the keyboard when the machine answers, unless the visitor is elsewhere. */
  readonly autoFocus?: boolean;
  /** Offers commands worth a first look. */
  readonly quick?: boolean;
}

/**
 * Two terminals and the kernel's log. Each opens when it is first in front, with what was printed until then, and stays:
 * a terminal that is not shown goes on receiving.
 */
export function TerminalDock({ onStart, autoFocus = true, quick = true }: DockProps) {
  const text = useText();
  const session = useSession();
  const active = useStore(session.dock, selectActive);
  const opened = useRef(new Set<DockTab>()).current.add(active);
  const names: Readonly<Record<DockTab, string>> = {
    hvc0: text.terminal.host,
    hvc2: text.terminal.second,
    log: text.terminal.log,
  };
  const target: TerminalId = active === "hvc2" ? "hvc2" : "hvc0";
  return (
    <section className={styles.dock} aria-label={text.terminal.label} data-region="" tabIndex={-1}>
      <div className={styles.tabs} role="tablist" aria-label={text.terminal.label} onKeyDown={moveBetweenTabs}>
        {DOCK_TABS.map((tab) => (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`tab-${tab}`}
            aria-controls={`terminal-${tab}`}
            aria-selected={active === tab}
            tabIndex={active === tab ? 0 : -1}
            onClick={() => session.dock.setState({ active: tab })}
          >
            {names[tab]}
          </button>
        ))}
      </div>
      <div className={styles.screens}>
        {DOCK_TABS.map((tab) => (
          <div
            key={tab}
            role="tabpanel"
            id={`terminal-${tab}`}
            aria-labelledby={`tab-${tab}`}
            className={styles.screen}
            data-active={active === tab || undefined}
          >
            {opened.has(tab) &&
              (tab === "log" ? (
                <KernelLog />
              ) : (
                <>
                  <TerminalView
                    session={session}
                    terminal={tab}
                    label={text.terminal.screen(names[tab])}
                    autoFocus={autoFocus && tab === "hvc0"}
                  />
                  <p className={styles.present}>{text.rewind.terminals}</p>
                </>
              ))}
          </div>
        ))}
        <BootOverlay onStart={onStart} />
      </div>
      {quick && (
        <ul className={styles.quick} aria-label={text.terminal.quick} title={text.terminal.quickHint}>
          {QUICK_COMMANDS.map((command) => (
            <li key={command}>
              <button type="button" onClick={() => session.type(target, `${command}\r`)}>
                {command}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Arrow keys move within a list of tabs (WAI-ARIA: automatic activation). */
function moveBetweenTabs(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  const tabs = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('[role="tab"]')];
  const next = tabs[(tabs.indexOf(document.activeElement as HTMLButtonElement) + step + tabs.length) % tabs.length];
  next?.focus();
  next?.click();
}
