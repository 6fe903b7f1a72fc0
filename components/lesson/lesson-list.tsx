import Link from "next/link";
import type { Lesson } from "../../lib/lessons/lesson.ts";
import type { LessonText } from "../../lib/lessons/lesson-text.ts";
import { en } from "../text/en.ts";
import { ko } from "../text/ko.ts";
import { type Language, otherLanguage } from "../text/language.ts";
import { Logo } from "../ui/icons.tsx";
import styles from "./lesson-list.module.css";
import { lessonCardText } from "./text.ts";

interface ListProps {
  readonly language: Language;
  readonly lessons: readonly { readonly lesson: Lesson; readonly text: LessonText }[];
}

/** A page of text and links: rendered while the site is built, without a machine. */
export function LessonList({ language, lessons }: ListProps) {
  const words = lessonCardText(language);
  const page = language === "ko" ? ko : en;
  const other = otherLanguage(language);
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <Link prefetch={false} className={styles.brand} href={`/${language}/`}>
          <Logo />
          Glassbox
        </Link>
        <nav aria-label={page.nav.label}>
          <Link prefetch={false} href={`/${language}/`}>
            {page.nav.sandbox}
          </Link>
          <Link prefetch={false} href={`/${other}/lessons/`} lang={other} aria-label={page.header.languageLabel}>
            {page.header.language}
          </Link>
        </nav>
      </header>
      <main className={styles.main}>
        <h1>{words.list.title}</h1>
        <p className={styles.lead}>{words.list.lead}</p>
        <ol className={styles.list}>
          {lessons.map(({ lesson, text }, index) => (
            <li key={lesson.slug}>
              <Link prefetch={false} className={styles.entry} href={`/${language}/lessons/${lesson.slug}/`}>
                <span className={styles.number}>{index + 1}</span>
                <h2>{text.title}</h2>
                <p>{text.summary}</p>
                <span className={styles.foot}>
                  {words.list.minutes(lesson.minutes, lesson.steps.length)}
                  <span className={styles.begin}>{words.list.begin}</span>
                </span>
              </Link>
            </li>
          ))}
        </ol>
      </main>
    </div>
  );
}
