import { useEffect, useRef } from "react";

/** F6 goes to the next region of the page and Shift+F6 to the one before, also out of a terminal. */
export function useRegionKeys() {
  const root = useRef<HTMLElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "F6" || !root.current) return;
      event.preventDefault();
      event.stopPropagation();
      const regions = [...root.current.querySelectorAll<HTMLElement>("section[data-region]")].filter(
        (region) => region.offsetParent !== null,
      );
      const at = regions.findIndex((region) => region.contains(document.activeElement));
      const next = regions[(at + (event.shiftKey ? -1 : 1) + regions.length) % regions.length];
      const terminal = next?.querySelector<HTMLElement>("[data-active] .xterm-helper-textarea");
      (terminal ?? next)?.focus();
    };
    document.addEventListener("keydown", onKey, { capture: true });
    return () => document.removeEventListener("keydown", onKey, { capture: true });
  }, []);
  return root;
}
