import { useEffect, useMemo, useState } from "react";
import { usePreference, writePreference } from "../../ui/preferences.ts";
import { bringToFront, movePanel, type PanelName, parseArrangement } from "./arrangement.ts";
import type { LayoutActions } from "./layout-context.tsx";

/** The arrangement that the visitor made, remembered, and the panel that is enlarged, not remembered. */
export function useArrangement() {
  const stored = usePreference("layout");
  const arrangement = useMemo(() => parseArrangement(stored), [stored]);
  const [focused, setFocused] = useState<PanelName | null>(null);

  useEffect(() => {
    if (focused === null) return;
    const onKey = (event: KeyboardEvent) => {
      const inTerminal = event.target instanceof Element && event.target.closest(".xterm") !== null;
      if (event.key !== "Escape" || inTerminal || event.defaultPrevented) return;
      event.preventDefault();
      setFocused(null);
    };
    document.addEventListener("keydown", onKey, { capture: true });
    return () => document.removeEventListener("keydown", onKey, { capture: true });
  }, [focused]);

  const actions = useMemo((): LayoutActions => {
    const write = (next: typeof arrangement) => writePreference("layout", JSON.stringify(next));
    return {
      arrangement,
      show(panel) {
        write(bringToFront(arrangement, panel));
        setFocused((current) => (current === null ? null : panel));
      },
      move(panel, to) {
        write(movePanel(arrangement, panel, to));
        setFocused(null);
      },
      focus: setFocused,
      reset() {
        for (const name of ["layout", "terminalWidth", "sideWidth", "bottomHeight", "leftHeight"] as const)
          writePreference(name, "");
        setFocused(null);
      },
    };
  }, [arrangement]);
  return { actions, focused };
}
