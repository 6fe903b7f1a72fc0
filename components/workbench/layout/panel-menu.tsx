"use client";

import { useId, useRef } from "react";
import { useText } from "../../text/text-context.tsx";
import { Icon } from "../../ui/icons.tsx";
import { canMove, SLOTS } from "./arrangement.ts";
import styles from "./layout.module.css";
import type { LayoutActions, SlotPlace } from "./layout-context.tsx";

interface MenuProps {
  readonly place: SlotPlace;
  readonly layout: LayoutActions;
}

/** Enlarge, move to another place, put all back. A popover: the browser closes it on Escape and on a click elsewhere. */
export function PanelMenu({ place, layout }: MenuProps) {
  const text = useText();
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const { front, focused } = place;
  const act = (action: () => void) => () => {
    menu.current?.hidePopover();
    action();
  };
  const onToggle = () => {
    const anchor = button.current?.getBoundingClientRect();
    const box = menu.current;
    if (!anchor || !box) return;
    const left = Math.max(8, Math.min(anchor.right - box.offsetWidth, innerWidth - box.offsetWidth - 8));
    const below = anchor.bottom + 4 + box.offsetHeight < innerHeight;
    box.style.left = `${left}px`;
    box.style.top = `${below ? anchor.bottom + 4 : anchor.top - box.offsetHeight - 4}px`;
    box.querySelector("button")?.focus();
  };
  const enlarge = focused ? text.layout.restore : text.layout.enlarge;
  return (
    <div className={styles.place}>
      <button
        type="button"
        aria-label={`${enlarge}: ${text.tabs[front]}`}
        title={enlarge}
        aria-pressed={focused}
        onClick={() => layout.focus(focused ? null : front)}
      >
        <Icon name={focused ? "shrink" : "enlarge"} size={13} />
      </button>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-label={`${text.layout.menu}: ${text.tabs[front]}`}
        title={text.layout.menu}
      >
        <Icon name="more" size={13} />
      </button>
      <div ref={menu} id={id} popover="auto" className={styles.menu} onToggle={onToggle}>
        <p>{text.layout.moveTo}</p>
        {SLOTS.filter((slot) => slot !== place.slot).map((slot) => (
          <button
            key={slot}
            type="button"
            disabled={!canMove(layout.arrangement, front, slot)}
            onClick={act(() => layout.move(front, slot))}
          >
            <i data-slot={slot} aria-hidden="true" />
            {text.layout.slots[slot]}
          </button>
        ))}
        <hr />
        <button type="button" onClick={act(() => layout.reset())}>
          {text.layout.reset}
        </button>
      </div>
    </div>
  );
}
