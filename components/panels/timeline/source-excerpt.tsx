"use client";

import { useEffect, useState } from "react";
import { useText } from "../../text/text-context.tsx";
import { GuestText } from "../../ui/guest-text.tsx";
import { stepLines } from "./step-lines.ts";
import styles from "./timeline.module.css";

const BASE_PATH = process.env.NEXT_PUBLIC_BASE_PATH ?? "";
/** The step begins above: its name, its syscall, its arguments. */
const LINES_BEFORE = 6;
const LINES_AFTER = 3;

/** The page's build puts the runtime's sources beside the page; each file is fetched once, when first looked at. */
const files = new Map<string, Promise<readonly string[] | null>>();

function linesOf(file: string): Promise<readonly string[] | null> {
  const known = files.get(file);
  if (known) return known;
  const fetched = fetch(`${BASE_PATH}/runtime-src/${file}`)
    .then(async (response) => (response.ok ? (await response.text()).split("\n") : null))
    .catch(() => null);
  files.set(file, fetched);
  return fetched;
}

/** "container/init-steps.ts:42" -> the step there, in the runtime's own TypeScript. A path that is none is only shown. */
export function SourceExcerpt({ source }: { readonly source: string }) {
  const text = useText();
  const [lines, setLines] = useState<readonly string[] | null>(null);
  const [, file, number] = /^([a-z0-9-]+(?:\/[a-z0-9-]+)*\.ts):(\d+)$/.exec(source) ?? [];
  useEffect(() => {
    let current = true;
    setLines(null);
    if (file)
      void linesOf(file).then((read) => {
        if (current) setLines(read);
      });
    return () => {
      current = false;
    };
  }, [file]);
  const at = Number(number ?? 0);
  const { from, to } = stepLines(lines ?? [], at);
  const isWork = (line: number): boolean => line >= from && line <= to;
  const first = Math.max(1, from - LINES_BEFORE);
  const shown = lines?.slice(first - 1, to + LINES_AFTER) ?? [];
  return (
    <>
      <code>
        <GuestText text={`runtime-src/${file ? `${file}:${from}` : source}`} max={120} />
      </code>
      {shown.length > 0 && (
        <section className={styles.source} aria-label={text.timeline.source}>
          <ol start={first}>
            {shown.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a file are told apart by their place.
              <li key={index} value={first + index} data-at={isWork(first + index) || undefined}>
                <code>{line}</code>
              </li>
            ))}
          </ol>
        </section>
      )}
    </>
  );
}
