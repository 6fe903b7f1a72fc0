import Link from "next/link";
import type { ReactNode } from "react";
import type { Language } from "../text/language.ts";
import styles from "./lesson-card.module.css";
import type { LessonCardText } from "./text.ts";

interface CompleteProps {
  readonly language: Language;
  readonly words: LessonCardText;
  readonly shown: boolean;
  readonly summary: ReactNode;
  readonly onAgain: () => void;
}

export function LessonComplete({ language, words, shown, summary, onAgain }: CompleteProps) {
  return (
    <div className={styles.step} data-shown={shown || undefined} inert={!shown}>
      <h2>
        {words.complete}
        <span className={styles.tick} aria-hidden="true" />
      </h2>
      <p className={styles.body}>{summary}</p>
      <div className={styles.after}>
        <button type="button" onClick={onAgain}>
          {words.again}
        </button>
        <Link prefetch={false} href={`/${language}/`}>
          {words.next}
        </Link>
      </div>
    </div>
  );
}
