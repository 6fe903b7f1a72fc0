import { isCommand, MAX_COMMAND_CHARS } from "./messages.ts";

/** What a lab on a page can be told, with the same names in a fence, an element's attributes and a component's props. */
export const LABS = ["sandbox", "pid-namespace"] as const;
export const PANELS = [
  "glass",
  "tree",
  "isolation",
  "cgroup",
  "details",
  "layers",
  "network",
  "preview",
  "timeline",
  "log",
] as const;
export const LAB_LANGUAGES = ["ko", "en"] as const;
export const LAB_THEMES = ["dark", "light"] as const;

export const MIN_HEIGHT_PX = 320;
export const MAX_HEIGHT_PX = 1_600;
export const DEFAULT_HEIGHT_PX = 560;
export const MAX_COMMANDS = 20;

export type LabPanel = (typeof PANELS)[number];

export interface LabOptions {
  readonly lab: (typeof LABS)[number];
  /** The panel in front; the first of `panels` unless it is named. */
  readonly panel: LabPanel;
  /** The panels that the reader can choose from, in this order. */
  readonly panels: readonly LabPanel[];
  /** Typed into the first terminal when the machine answers, one after the other. */
  readonly command: readonly string[];
  readonly lang: (typeof LAB_LANGUAGES)[number];
  readonly theme: (typeof LAB_THEMES)[number];
  readonly height: number;
}

export const LAB_DEFAULTS: LabOptions = {
  lab: "sandbox",
  panel: "glass",
  panels: PANELS,
  command: [],
  lang: "ko",
  theme: "dark",
  height: DEFAULT_HEIGHT_PX,
};

export const LAB_KEYS = ["lab", "panel", "panels", "command", "lang", "theme", "height"] as const;
export type LabKey = (typeof LAB_KEYS)[number];
/** A list is an array, or a text: panels with commas between them, a command a line. */
export type LabValue = string | number | readonly string[];
export type GivenOptions = Readonly<Partial<Record<LabKey, LabValue>>>;

export function isLabKey(key: string): key is LabKey {
  return (LAB_KEYS as readonly string[]).includes(key);
}

type Readers = { readonly [K in LabKey]: (value: LabValue) => LabOptions[K] };

const READERS: Readers = {
  lab: (value) => choice("lab", LABS, value),
  panel: (value) => choice("panel", PANELS, value),
  panels: (value) => [...new Set(listOf(value, ",").map((name) => choice("panels", PANELS, name)))],
  command: (value) => commands(listOf(value, "\n")),
  lang: (value) => choice("lang", LAB_LANGUAGES, value),
  theme: (value) => choice("theme", LAB_THEMES, value),
  height,
};

/** Throws what is wrong with the first value that does not fit; a missing one takes its default. */
export function labOptions(given: GivenOptions): LabOptions {
  const read = LAB_KEYS.flatMap((key) => {
    const value = given[key];
    return value === undefined || value === "" || (Array.isArray(value) && value.length === 0)
      ? []
      : [[key, READERS[key](value)] as const];
  });
  const options: Partial<LabOptions> = Object.fromEntries(read);
  const { panels = PANELS, panel = panels[0] ?? LAB_DEFAULTS.panel } = options;
  if (!panels.includes(panel)) throw new Error(`glassbox: panel: ${panel}: not one of panels: ${panels.join(", ")}`);
  return { ...LAB_DEFAULTS, ...options, panel };
}

/** The options as an element's attributes; what is as it always is has none. */
export function labAttributes({ panels, command, ...rest }: LabOptions): Readonly<Record<string, string | number>> {
  return {
    ...rest,
    ...(hasAllPanels({ panels }) ? {} : { panels: panels.join(",") }),
    ...(command.length > 0 ? { command: command.join("\n") } : {}),
  };
}

export const hasAllPanels = ({ panels }: Pick<LabOptions, "panels">): boolean => panels.join() === PANELS.join();

function listOf(value: LabValue, separator: string): readonly string[] {
  const items = typeof value === "object" ? value : String(value).split(separator);
  return items.map((item) => item.trim()).filter((item) => item !== "");
}

function choice<T extends string>(key: LabKey, choices: readonly T[], value: LabValue): T {
  const found = choices.find((name) => name === value);
  if (found !== undefined) return found;
  throw new Error(`glassbox: ${key}: ${value}: want one of ${choices.join(", ")}`);
}

function commands(lines: readonly string[]): readonly string[] {
  if (lines.length > MAX_COMMANDS)
    throw new Error(`glassbox: command: ${lines.length} of them: want at most ${MAX_COMMANDS}`);
  for (const line of lines) {
    const start = JSON.stringify(line.slice(0, 40));
    if (!isCommand(line))
      throw new Error(`glassbox: command: ${start}: want one line of text, at most ${MAX_COMMAND_CHARS} characters`);
  }
  return lines;
}

function height(value: LabValue): number {
  const pixels = Number(String(value).replace(/px$/, ""));
  if (Number.isInteger(pixels) && pixels >= MIN_HEIGHT_PX && pixels <= MAX_HEIGHT_PX) return pixels;
  throw new Error(`glassbox: height: ${value}: want pixels from ${MIN_HEIGHT_PX} to ${MAX_HEIGHT_PX}`);
}

export function labTitle({ lang }: Pick<LabOptions, "lang">): string {
  return lang === "ko" ? "Glassbox 실습" : "Glassbox lab";
}
