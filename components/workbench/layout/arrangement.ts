/** Where each panel stands: five slots around the terminals, each with tabs of which one is in front. */
import { type LabPanel, PANELS } from "../../../embed/src/lab.ts";

/** Each can stand in an embed too. */
export const PANEL_NAMES = PANELS;
export type PanelName = LabPanel;

export const SLOTS = ["left", "center", "corner", "side", "bottom"] as const;
export type SlotName = (typeof SLOTS)[number];

export interface SlotContent {
  readonly panels: readonly PanelName[];
  /** The tab in front; null in an empty slot. */
  readonly front: PanelName | null;
}

export type Arrangement = Readonly<Record<SlotName, SlotContent>>;

const slot = (...panels: PanelName[]): SlotContent => ({ panels, front: panels[0] ?? null });

export const DEFAULT_ARRANGEMENT: Arrangement = {
  left: slot("tree"),
  center: slot("glass", "layers", "network"),
  corner: slot("isolation"),
  side: slot("cgroup", "details", "preview"),
  bottom: slot("timeline", "log"),
};

export function slotOf(arrangement: Arrangement, panel: PanelName): SlotName {
  return SLOTS.find((name) => arrangement[name].panels.includes(panel)) ?? "center";
}

export function bringToFront(arrangement: Arrangement, panel: PanelName): Arrangement {
  const name = slotOf(arrangement, panel);
  if (arrangement[name].front === panel) return arrangement;
  return { ...arrangement, [name]: { ...arrangement[name], front: panel } };
}

/** The middle is never left empty: the last panel stays there. */
export function canMove(arrangement: Arrangement, panel: PanelName, to: SlotName): boolean {
  const from = slotOf(arrangement, panel);
  return from !== to && !(from === "center" && arrangement.center.panels.length === 1);
}

export function movePanel(arrangement: Arrangement, panel: PanelName, to: SlotName): Arrangement {
  if (!canMove(arrangement, panel, to)) return arrangement;
  const from = slotOf(arrangement, panel);
  const left = arrangement[from].panels.filter((name) => name !== panel);
  const front = arrangement[from].front === panel ? (left[0] ?? null) : arrangement[from].front;
  const panels = [...arrangement[to].panels, panel];
  return { ...arrangement, [from]: { panels: left, front }, [to]: { panels, front: panel } };
}

/** What was remembered may be of an earlier page, or tampered with: names are checked, each panel stands once. */
export function parseArrangement(json: string): Arrangement {
  const read = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  };
  const stored = read(json);
  if (typeof stored !== "object" || stored === null) return DEFAULT_ARRANGEMENT;
  const placed = new Set<PanelName>();
  const content = Object.fromEntries(SLOTS.map((name) => [name, { panels: [], front: null }])) as unknown as Record<
    SlotName,
    { panels: PanelName[]; front: PanelName | null }
  >;
  for (const name of SLOTS) {
    const entry = (stored as Record<string, { panels?: unknown; front?: unknown } | null>)[name];
    const listed = Array.isArray(entry?.panels) ? entry.panels : [];
    const panels = PANEL_NAMES.filter((panel) => listed.includes(panel) && !placed.has(panel));
    panels.sort((a, b) => listed.indexOf(a) - listed.indexOf(b));
    for (const panel of panels) placed.add(panel);
    const front = panels.find((panel) => panel === entry?.front) ?? panels[0] ?? null;
    content[name] = { panels, front };
  }
  for (const panel of PANEL_NAMES) {
    if (placed.has(panel)) continue;
    const home = content[slotOf(DEFAULT_ARRANGEMENT, panel)];
    home.panels.push(panel);
    home.front ??= panel;
  }
  return content.center.panels.length > 0 ? content : DEFAULT_ARRANGEMENT;
}
