import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import styles from "./glass.module.css";
import type { GlassPane, GlassScene } from "./glass-scene.ts";

/** Long enough to see where it came from, short enough not to be in the way. */
const FLIGHT_MS = 620;
/** Places are noted at most this often: each time the browser has to lay the page out. */
const NOTE_MS = 400;
const MAX_FLIGHTS = 12;

/**
 * A process that enters another set of namespaces is drawn in another pane: its chip travels there. The chip that
 * travels is a copy above the panes, since panes clip what is in them.
 */
export function useChipMotion(world: RefObject<HTMLElement | null>, scene: GlassScene | null): void {
  const placed = useRef<ReadonlyMap<string, string>>(new Map());
  const seen = useRef<ReadonlyMap<string, DOMRect>>(new Map());
  const notedAtMs = useRef(0);

  useLayoutEffect(() => {
    const before = placed.current;
    placed.current = scene ? placesOf(scene) : new Map();
    const moved = [...placed.current].filter(([key, pane]) => before.has(key) && before.get(key) !== pane);
    const element = world.current;
    if (moved.length === 0 || !element || document.hidden) return;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const [key] of moved.slice(0, MAX_FLIGHTS)) fly(element, key, seen.current.get(key));
  }, [scene, world]);

  useEffect(() => {
    const element = world.current;
    if (!element || !scene) return;
    const frame = requestAnimationFrame((nowMs) => {
      if (nowMs - notedAtMs.current < NOTE_MS) return;
      notedAtMs.current = nowMs;
      const chips = element.querySelectorAll<HTMLElement>("[data-chip]");
      seen.current = new Map([...chips].map((chip) => [chip.dataset.chip ?? "", chip.getBoundingClientRect()]));
    });
    return () => cancelAnimationFrame(frame);
  }, [scene, world]);
}

function placesOf(scene: GlassScene): ReadonlyMap<string, string> {
  const places = new Map(scene.hostChips.map(({ key }) => [key, "host"]));
  const visit = (pane: GlassPane): void => {
    for (const { key } of pane.chips) places.set(key, pane.key);
    pane.panes.forEach(visit);
  };
  scene.panes.forEach(visit);
  return places;
}

function fly(world: HTMLElement, key: string, from: DOMRect | undefined): void {
  const chip = world.querySelector<HTMLElement>(`[data-chip="${CSS.escape(key)}"]`);
  if (!chip || !from) return;
  const to = chip.getBoundingClientRect();
  const copy = chip.cloneNode(true) as HTMLElement;
  copy.removeAttribute("data-chip");
  copy.setAttribute("aria-hidden", "true");
  copy.inert = true;
  copy.classList.add(styles.flying ?? "");
  Object.assign(copy.style, { left: `${to.left}px`, top: `${to.top}px`, width: `${to.width}px` });
  document.body.append(copy);
  chip.style.visibility = "hidden";
  const [dx, dy] = [from.left - to.left, from.top - to.top];
  const flight = copy.animate(
    [
      { transform: `translate(${dx}px, ${dy}px)` },
      { transform: `translate(${dx * 0.45}px, ${dy * 0.45}px) scale(1.12)`, offset: 0.5 },
      { transform: "none" },
    ],
    { duration: FLIGHT_MS, easing: "cubic-bezier(0.3, 0.1, 0.2, 1)" },
  );
  const land = () => {
    copy.remove();
    chip.style.visibility = "";
  };
  flight.finished.then(land, land);
}
