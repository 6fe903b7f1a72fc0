"use client";

import { Activity, type DragEvent, Suspense, useMemo, useState } from "react";
import { EmptyNote } from "../../panels/empty-note.tsx";
import { useText } from "../../text/text-context.tsx";
import { PANEL_NAMES, type PanelName, type SlotName } from "./arrangement.ts";
import styles from "./layout.module.css";
import { DRAG_TYPE, SlotContext, useLayout } from "./layout-context.tsx";
import { PANEL_COMPONENTS } from "./panel-components.ts";
import { useHasBox } from "./use-has-box.ts";

interface SlotProps {
  readonly name: SlotName;
  readonly focused: boolean;
}

/**
 * One place of the workbench with the panel that is in front there. Panels can be dropped on it. Where the place is not shown, the
 * panel keeps its state and is neither subscribed to anything nor drawn anew.
 */
export function SlotView({ name, focused }: SlotProps) {
  const text = useText();
  const layout = useLayout();
  const [over, setOver] = useState(false);
  const [ref, shown] = useHasBox<HTMLDivElement>();
  const { panels, front } = layout?.arrangement[name] ?? { panels: [], front: null };
  const place = useMemo(
    () => (front === null ? null : { slot: name, panels, front, focused }),
    [name, panels, front, focused],
  );
  if (!layout || front === null) return null;
  const Front = PANEL_COMPONENTS[front];
  const onDragOver = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes(DRAG_TYPE)) return;
    event.preventDefault();
    setOver(true);
  };
  const onDrop = (event: DragEvent) => {
    setOver(false);
    const dropped = event.dataTransfer.getData(DRAG_TYPE);
    const panel = PANEL_NAMES.find((candidate): candidate is PanelName => candidate === dropped);
    if (!panel) return;
    event.preventDefault();
    layout.move(panel, name);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the panel's menu is the first.
    <div
      ref={ref}
      className={styles.slot}
      data-front={front}
      data-over={over || undefined}
      onDragOver={onDragOver}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <SlotContext value={place}>
        <Activity mode={shown ? "visible" : "hidden"}>
          <Suspense fallback={<EmptyNote>{text.layout.loading}</EmptyNote>}>
            <Front />
          </Suspense>
        </Activity>
      </SlotContext>
    </div>
  );
}
