import type { ReactNode } from "react";
import type { Language } from "../text/language.ts";
import { Logo } from "../ui/icons.tsx";
import styles from "./poster.module.css";
import { PosterPanes } from "./poster-panes.tsx";
import { embedText } from "./text.ts";

export type PosterState =
  | { readonly at: "waiting" | "starting" | "failed" }
  | { readonly at: "mistaken"; readonly mistake: string };

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
        {state.at === "mistaken" ? (
          <div className={styles.mistake} role="alert">
            <p>{words.mistaken}</p>
            <code>{state.mistake}</code>
          </div>
        ) : (
          <>
            <div className={styles.begin}>
              <button type="button" className={styles.start} onClick={onStart} disabled={state.at === "starting"}>
                {state.at === "starting" ? words.starting : words.start}
              </button>
              {megabytes !== null && <span>{words.size(megabytes)}</span>}
            </div>
            <p className={styles.promise} role="status">
              {state.at === "failed" ? words.failed : words.promise}
            </p>
          </>
        )}
      </div>
    </div>
  );
}
