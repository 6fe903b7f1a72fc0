/**
 * The theme as the browser computes it: each colour to the last of its 255 steps, which pictures do not tell, and whether text can be
 * read on what it stands on (WCAG 2.2, 1.4.3: 4.5 to 1). A token that is meant to change: UPDATE_TOKENS=1 writes the table anew.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright/test";
import { expect, test } from "./scene-page.ts";

const TOKENS_CSS = path.resolve(import.meta.dirname, "../../components/ui/tokens.css");
const TABLE = path.join(import.meta.dirname, "theme-tokens.json");
const THEMES = ["dark", "light"] as const;
const SIZE = { width: 1440, height: 900 } as const;
/** Ordinary text; there is none on the page that is large enough for 3 to 1. */
const READABLE = 4.5;

const TEXT = ["--fg", "--fg-2", "--fg-3", "--fg-4", "--brand", "--ok", "--warn", "--err"] as const;
const KINDS = ["pid", "mnt", "net", "uts", "ipc", "user", "cgroup", "time"].map((kind) => `--ns-${kind}`);
/** What text stands on: the page, its panels, fields and buttons, and what is under the pointer. */
const SURFACES = ["--bg", "--bg-1", "--bg-2", "--bg-3"] as const;
const PAIRS: readonly (readonly [text: string, surface: string])[] = [
  ...[...TEXT, ...KINDS].flatMap((text) => SURFACES.map((surface) => [text, surface] as const)),
  ["--on-brand", "--brand"],
  ["--term-fg", "--term-bg"],
];

type Table = Readonly<Record<string, string>>;

/** Colours as sRGB in hexadecimal, whatever notation they are written in; the rest as it stands. */
function tokensOf(page: Page, names: readonly string[]): Promise<Table> {
  return page.evaluate((wanted) => {
    const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    const style = getComputedStyle(document.documentElement);
    const read = (name: string): string => {
      const value = style.getPropertyValue(name).trim();
      if (!context || !CSS.supports("color", value)) return value;
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = value;
      context.fillRect(0, 0, 1, 1);
      const bytes = [...context.getImageData(0, 0, 1, 1).data];
      return `#${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
    };
    return Object.fromEntries(wanted.map((name) => [name, read(name)]));
  }, names);
}

/** Relative luminance of WCAG 2.2, of "#rrggbbff". */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((left, right) => left - right);
  return (high + 0.05) / (low + 0.05);
}

const names = [...new Set(readFileSync(TOKENS_CSS, "utf8").match(/^ {2}--[\w-]+(?=:)/gm))].map((name) => name.trim());

for (const theme of THEMES)
  test(`every token of the ${theme} theme is as it was, and text can be read`, async ({ scene, page }) => {
    await scene.open("/ko/", theme, SIZE);
    const tokens = await tokensOf(page, names);
    const table = JSON.parse(readFileSync(TABLE, "utf8")) as Record<string, Table>;
    if (process.env.UPDATE_TOKENS) writeFileSync(TABLE, `${JSON.stringify({ ...table, [theme]: tokens }, null, 2)}\n`);
    else expect(tokens, "meant? then UPDATE_TOKENS=1, and look at what changed").toEqual(table[theme]);

    const tooFaint = PAIRS.map(([text, surface]) => ({
      pair: `${text} on ${surface}`,
      ratio: contrast(tokens[text] ?? "", tokens[surface] ?? ""),
    })).filter(({ ratio }) => !(ratio >= READABLE));
    expect(tooFaint).toEqual([]);
  });
