import type { ReactNode } from "react";
import type { Language } from "../text/language.ts";
import { Logo } from "../ui/icons.tsx";
import styles from "./poster.module.css";
import { PosterPanes } from "./poster-panes.tsx";
import { embedText } from "./text.ts";

export type PosterState = "waiting" | "starting" | "failed";

interface PosterProps {
  readonly language: Language;
  readonly title: string;
  readonly summary: ReactNode;
  /** What a start downloads; null where the build did not know. */
  readonly megabytes: string | null;
  readonly state: PosterState;
  readonly onStart: () => void;
}

/** All that an article's reader gets before pressing start: text, a drawing, one button. */
export function Poster({ language, title, summary, megabytes, state, onStart }: PosterProps) {
  const words = embedText(language);
  return (
    <div className={styles.poster}>
      <PosterPanes />
      <div className={styles.content}>
        <p className={styles.brand}>
          <Logo size={26} />
          {words.kind}
        </p>
        <h1>{title}</h1>
        <p className={styles.summary}>{summary}</p>
        <div className={styles.begin}>
          <button type="button" className={styles.start} onClick={onStart} disabled={state === "starting"}>
            {state === "starting" ? words.starting : words.start}
          </button>
          {megabytes !== null && <span>{words.size(megabytes)}</span>}
        </div>
        <p className={styles.promise} role="status">
          {state === "failed" ? words.failed : words.promise}
        </p>
      </div>
    </div>
  );
}
