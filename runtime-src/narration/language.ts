/** The guest's language: BOX_LANG, then what locale(7) asks in its order. Korean where it says so, else English. */
export type Language = "ko" | "en";

export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const said = env.BOX_LANG || env.LC_ALL || env.LC_MESSAGES || env.LANG || "";
  return said.startsWith("ko") ? "ko" : "en";
}
