import { useSyncExternalStore } from "react";

/** What the page remembers of a visitor. Storage may be blocked (private windows, embeds): then it lasts a page. */
interface Preferences {
  theme: "dark" | "light" | "system";
  screenReader: "on" | "off";
  terminalWidth: string;
  sideWidth: string;
  bottomHeight: string;
  leftHeight: string;
  /** JSON; "" is the page's own. */
  layout: string;
}

export type PreferenceName = keyof Preferences;

const DEFAULTS: Preferences = {
  theme: "dark",
  screenReader: "off",
  terminalWidth: "",
  sideWidth: "",
  bottomHeight: "",
  leftHeight: "",
  layout: "",
};
const memory = new Map<PreferenceName, string>();
const listeners = new Set<() => void>();

export function readPreference<N extends PreferenceName>(name: N): Preferences[N] {
  const remembered = memory.get(name);
  if (remembered !== undefined) return remembered as Preferences[N];
  try {
    return (localStorage.getItem(`glassbox.${name}`) as Preferences[N] | null) ?? DEFAULTS[name];
  } catch {
    return DEFAULTS[name];
  }
}

export function writePreference<N extends PreferenceName>(name: N, value: Preferences[N]): void {
  memory.set(name, value);
  try {
    localStorage.setItem(`glassbox.${name}`, value);
  } catch {
    // Kept in memory only.
  }
  for (const listener of listeners) listener();
}

export function usePreference<N extends PreferenceName>(name: N): Preferences[N] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => readPreference(name),
    () => DEFAULTS[name],
  );
}
