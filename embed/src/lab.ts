/** What a lab on a page can be told, with the same names in a fence, an element's attributes and a component's props. */
export const LABS = ["sandbox", "pid-namespace"] as const;
export const PANELS = ["glass", "tree", "isolation", "cgroup", "timeline"] as const;
export const LAB_LANGUAGES = ["ko", "en"] as const;
export const LAB_THEMES = ["dark", "light"] as const;

export const MIN_HEIGHT_PX = 320;
export const MAX_HEIGHT_PX = 1_600;
export const DEFAULT_HEIGHT_PX = 560;

export interface LabOptions {
  readonly lab: (typeof LABS)[number];
  readonly panel: (typeof PANELS)[number];
  readonly lang: (typeof LAB_LANGUAGES)[number];
  readonly theme: (typeof LAB_THEMES)[number];
  readonly height: number;
}

export const LAB_DEFAULTS: LabOptions = {
  lab: "sandbox",
  panel: "glass",
  lang: "ko",
  theme: "dark",
  height: DEFAULT_HEIGHT_PX,
};

export const LAB_KEYS = ["lab", "panel", "lang", "theme", "height"] as const;
export type LabKey = (typeof LAB_KEYS)[number];

export function isLabKey(key: string): key is LabKey {
  return (LAB_KEYS as readonly string[]).includes(key);
}

const CHOICES: Readonly<Record<Exclude<LabKey, "height">, readonly string[]>> = {
  lab: LABS,
  panel: PANELS,
  lang: LAB_LANGUAGES,
  theme: LAB_THEMES,
};

/** Throws what is wrong with the first value that does not fit; a missing one takes its default. */
export function labOptions(given: Readonly<Partial<Record<LabKey, string | number>>>): LabOptions {
  const options: Record<string, string | number> = { ...LAB_DEFAULTS };
  for (const key of LAB_KEYS) {
    const value = given[key];
    if (value === undefined || value === "") continue;
    options[key] = key === "height" ? height(value) : choice(key, String(value));
  }
  return options as unknown as LabOptions;
}

function choice(key: Exclude<LabKey, "height">, value: string): string {
  if (CHOICES[key].includes(value)) return value;
  throw new Error(`glassbox: ${key}: ${value}: want one of ${CHOICES[key].join(", ")}`);
}

function height(value: string | number): number {
  const pixels = Number(String(value).replace(/px$/, ""));
  if (Number.isInteger(pixels) && pixels >= MIN_HEIGHT_PX && pixels <= MAX_HEIGHT_PX) return pixels;
  throw new Error(`glassbox: height: ${value}: want pixels from ${MIN_HEIGHT_PX} to ${MAX_HEIGHT_PX}`);
}

/** `site` is where Glassbox is served, e.g. "https://labs.example.org" or "https://example.org/glassbox". */
export function labUrl(site: string, { lab, panel, lang, theme }: LabOptions): string {
  const base = new URL(site);
  if (base.protocol !== "https:" && base.protocol !== "http:")
    throw new Error(`glassbox: site: ${site}: want an http(s) URL`);
  const url = new URL(`${base.pathname.replace(/\/$/, "")}/${lang}/embed/${lab}/`, base);
  url.search = new URLSearchParams({ panel, theme }).toString();
  return url.href;
}

export function labTitle({ lang }: Pick<LabOptions, "lang">): string {
  return lang === "ko" ? "Glassbox 실습" : "Glassbox lab";
}
