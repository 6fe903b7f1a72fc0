/**
 * A terminal gives a Hangul syllable two cells, 1.2 em in Geist Mono; Pretendard's syllables are 0.86 em wide and would
 * stand apart. So the slices of Pretendard are declared once more, larger, under a name of their own: the same files,
 * no byte more to fetch.
 */
const SOURCE_FAMILY = "Pretendard Variable";
export const TERMINAL_HANGUL = "Pretendard Terminal";
const SIZE_ADJUST = "122%";

let declared = false;

export function declareTerminalHangul(): void {
  if (declared) return;
  declared = true;
  const rules: string[] = [];
  for (const sheet of document.styleSheets) {
    for (const rule of readableRules(sheet)) {
      if (!(rule instanceof CSSFontFaceRule)) continue;
      if (!rule.style.getPropertyValue("font-family").includes(SOURCE_FAMILY)) continue;
      rules.push(enlarged(rule, sheet.href ?? location.href));
    }
  }
  const style = document.createElement("style");
  style.textContent = rules.join("\n");
  document.head.append(style);
}

/** Style sheets of another origin do not let their rules be read. */
function readableRules(sheet: CSSStyleSheet): Iterable<CSSRule> {
  try {
    return sheet.cssRules;
  } catch {
    return [];
  }
}

function enlarged({ style }: CSSFontFaceRule, base: string): string {
  const source = style
    .getPropertyValue("src")
    .replace(/url\("?([^")]+)"?\)/g, (_, url: string) => `url("${new URL(url, base).href}")`);
  const range = style.getPropertyValue("unicode-range");
  const weight = style.getPropertyValue("font-weight");
  return `@font-face{font-family:"${TERMINAL_HANGUL}";src:${source};font-weight:${weight};unicode-range:${range};size-adjust:${SIZE_ADJUST};font-display:swap}`;
}
