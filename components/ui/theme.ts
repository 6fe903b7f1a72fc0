import type { usePreference } from "./preferences.ts";

export type Theme = ReturnType<typeof usePreference<"theme">>;

export const NEXT_THEME: Readonly<Record<Theme, Theme>> = { dark: "light", light: "system", system: "dark" };

/** Runs before the first paint, so that nobody sees the other theme flash by. Dark unless a visitor chose otherwise. */
export const THEME_SCRIPT = `(function(){var t="dark";try{t=localStorage.getItem("glassbox.theme")||t}catch(e){}
if(t==="system")t=matchMedia("(prefers-color-scheme: light)").matches?"light":"dark";
document.documentElement.dataset.theme=t==="light"?"light":"dark"})()`;

export function applyTheme(theme: Theme): void {
  const light = theme === "light" || (theme === "system" && matchMedia("(prefers-color-scheme: light)").matches);
  document.documentElement.dataset.theme = light ? "light" : "dark";
}
