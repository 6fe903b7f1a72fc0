"use client";

import type { DragEvent, KeyboardEvent } from "react";
import { useText } from "../../text/text-context.tsx";
import type { PanelName } from "./arrangement.ts";
import styles from "./layout.module.css";
import { DRAG_TYPE, type LayoutActions, type SlotPlace, useLayout, useSlot } from "./layout-context.tsx";
import { PanelMenu } from "./panel-menu.tsx";

/** A panel's title: the heading alone, or the tabs of the slot that it shares with others. */
export function PanelTitle({ title }: { readonly title: string }) {
  const place = useSlot();
  const layout = useLayout();
  if (!place || !layout) return <h2>{title}</h2>;
  if (place.panels.length === 1)
    return (
      <h2 draggable onDragStart={(event) => startDrag(event, place.front)}>
        {title}
      </h2>
    );
  return (
    <>
      <h2 className={styles.tabbed}>{title}</h2>
      <Tabs place={place} layout={layout} />
    </>
  );
}

function Tabs({ place, layout }: { readonly place: SlotPlace; readonly layout: LayoutActions }) {
  const text = useText();
  return (
    <div className={styles.tabs} role="tablist" aria-label={text.tabs.label} onKeyDown={(event) => moveTab(event)}>
      {place.panels.map((panel) => (
        <button
          key={panel}
          type="button"
          role="tab"
          draggable
          aria-selected={panel === place.front}
          tabIndex={panel === place.front ? 0 : -1}
          onClick={() => layout.show(panel)}
          onDragStart={(event) => startDrag(event, panel)}
        >
          {text.tabs[panel]}
        </button>
      ))}
    </div>
  );
}

function startDrag(event: DragEvent, panel: PanelName): void {
  event.dataTransfer.setData(DRAG_TYPE, panel);
  event.dataTransfer.effectAllowed = "move";
}

/** The tab list is drawn anew with the panel, so the focus has to be put back on the tab that is then in front. */
function moveTab(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  const tabs = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('[role="tab"]')];
  const next = tabs[(tabs.indexOf(document.activeElement as HTMLButtonElement) + step + tabs.length) % tabs.length];
  const slot = event.currentTarget.closest(`.${styles.slot}`);
  next?.click();
  requestAnimationFrame(() => slot?.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus());
}

/** Enlarging and moving a panel; nothing where it stands alone. */
export function PanelPlace() {
  const place = useSlot();
  const layout = useLayout();
  return place && layout ? <PanelMenu place={place} layout={layout} /> : null;
}
