/**
 * The fonts that a first visit fetches: of Geist and Pretendard only the characters that the page's own texts use, in
 * the weights it uses. 500 KB become about 80 KB. Whatever else is shown (a guest may print any syllable) comes from the
 * full fonts, slice by slice, by unicode-range. next.config.ts calls this, so builds and the development server have it.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import subsetFont from "subset-font";

const root = process.cwd();
const outDir = path.join(root, "node_modules/.cache/glassbox-fonts");
const TEXTS = ["components", "lessons", "app", "guest-image/rootfs/files/etc/motd"];
const ASCII = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("");
const FORMAT = 2;

interface Subset {
  readonly family: string;
  readonly source: string;
  readonly file: string;
  readonly weights: { readonly min: number; readonly max: number };
  /** As the full font declares it: only faces of equal weight range make up one composite face. */
  readonly declaredWeights: string;
  readonly ascii: boolean;
}

const SUBSETS: readonly Subset[] = [
  {
    family: "Geist",
    source: "geist/dist/fonts/geist-sans/Geist-Variable.woff2",
    file: "geist.woff2",
    weights: { min: 400, max: 700 },
    declaredWeights: "100 900",
    ascii: true,
  },
  {
    family: "Geist Mono",
    source: "geist/dist/fonts/geist-mono/GeistMono-Variable.woff2",
    file: "geist-mono.woff2",
    weights: { min: 400, max: 700 },
    declaredWeights: "100 900",
    ascii: true,
  },
  {
    family: "Pretendard Variable",
    source: "pretendard/dist/web/variable/woff2/PretendardVariable.woff2",
    file: "pretendard.woff2",
    weights: { min: 400, max: 600 },
    declaredWeights: "45 920",
    ascii: false,
  },
];

export async function writeFontSubsets(): Promise<void> {
  const beyondAscii = charactersOf(TEXTS.map((name) => path.join(root, name)));
  const key = createHash("sha256")
    .update(JSON.stringify([FORMAT, beyondAscii, SUBSETS]))
    .digest("hex");
  const stamp = path.join(outDir, "built-from");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === key) return;
  mkdirSync(outDir, { recursive: true });
  const faces: string[] = [];
  for (const subset of SUBSETS) {
    const characters = (subset.ascii ? ASCII : "") + beyondAscii;
    const font = await subsetFont(readFileSync(path.join(root, "node_modules", subset.source)), characters, {
      targetFormat: "woff2",
      variationAxes: { wght: { ...subset.weights, default: subset.weights.min } },
    });
    writeFileSync(path.join(outDir, subset.file), font);
    faces.push(fontFace(subset, characters));
  }
  writeFileSync(path.join(outDir, "subsets.css"), faces.join("\n"));
  writeFileSync(stamp, key);
}

function fontFace({ family, file, declaredWeights }: Subset, characters: string): string {
  const range = [...characters].map((char) => `U+${(char.codePointAt(0) ?? 0).toString(16)}`).join(",");
  return `@font-face{font-family:"${family}";src:url("./${file}") format("woff2");font-weight:${declaredWeights};font-display:swap;unicode-range:${range}}`;
}

/** Everything beyond ASCII in the sources of the page's texts, each once, in order. */
function charactersOf(sources: readonly string[]): string {
  const found = new Set<string>();
  for (const file of sources.flatMap(filesOf)) {
    for (const char of readFileSync(file, "utf8")) if (char > "~" && !/\p{C}/u.test(char)) found.add(char);
  }
  return [...found].sort().join("");
}

function filesOf(source: string): string[] {
  if (!existsSync(source)) return [];
  try {
    return readdirSync(source, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(tsx?|mdx)$/.test(entry.name) && !/\.test\./.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort();
  } catch {
    return [source];
  }
}
