"use client";

import { createContext, useContext } from "react";
import type { Arrangement, PanelName, SlotName } from "./arrangement.ts";

/** A dragged panel's name travels under this type. */
export const DRAG_TYPE = "application/x-glassbox-panel";

/** What a panel's head needs to offer its tabs and its places; null around a panel that stands alone (an embed). */
export interface SlotPlace {
  readonly slot: SlotName;
  readonly panels: readonly PanelName[];
  readonly front: PanelName;
  readonly focused: boolean;
}

export interface LayoutActions {
  readonly arrangement: Arrangement;
  show(panel: PanelName): void;
  move(panel: PanelName, to: SlotName): void;
  focus(panel: PanelName | null): void;
  reset(): void;
}

export const SlotContext = createContext<SlotPlace | null>(null);
export const LayoutContext = createContext<LayoutActions | null>(null);

export function useSlot(): SlotPlace | null {
  return useContext(SlotContext);
}

/** Null where nothing can be arranged. */
export function useLayout(): LayoutActions | null {
  return useContext(LayoutContext);
}
