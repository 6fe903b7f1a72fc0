"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect } from "react";
import { type Language, otherLanguage } from "../text/language.ts";
import { useText } from "../text/text-context.tsx";
import { Icon, Logo } from "../ui/icons.tsx";
import { usePreference, writePreference } from "../ui/preferences.ts";
import { applyTheme, NEXT_THEME } from "../ui/theme.ts";
import { BootPill } from "./boot-pill.tsx";
import { EmbedButton } from "./embed-button.tsx";
import styles from "./header.module.css";
import { useMachine, useSession } from "./session-context.tsx";

export function Header({ language }: { readonly language: Language }) {
  const text = useText();
  const other = otherLanguage(language);
  const path = usePathname();
  const inLessons = path.startsWith(`/${language}/lessons`);
  return (
    <header className={styles.header}>
      <Link prefetch={false} className={styles.brand} href={`/${language}/`}>
        <Logo />
        <span>Glassbox</span>
      </Link>
      <nav className={styles.nav} aria-label={text.nav.label}>
        <Link prefetch={false} href={`/${language}/`} aria-current={inLessons ? undefined : "page"}>
          {text.nav.sandbox}
        </Link>
        <Link prefetch={false} href={`/${language}/lessons/`} aria-current={inLessons ? "page" : undefined}>
          {text.nav.lessons}
        </Link>
      </nav>
      <BootPill />
      <div className={styles.actions}>
        <PauseButton />
        <ReaderButton />
        <ThemeButton />
        <Link
          prefetch={false}
          className={styles.quiet}
          href={path.replace(/^\/[a-z]+\//, `/${other}/`)}
          lang={other}
          title={text.header.languageLabel}
        >
          {text.header.language}
        </Link>
        <ResetButton />
        <EmbedButton language={language} className={styles.primary} />
      </div>
    </header>
  );
}

function PauseButton() {
  const text = useText();
  const { client } = useSession();
  const state = useMachine((machine) => machine.boot.state);
  const paused = state === "paused";
  const label = paused ? text.header.resume : text.header.pause;
  return (
    <button
      type="button"
      className={`${styles.icon} ${styles.desktop}`}
      aria-label={label}
      title={label}
      disabled={state !== "ready" && !paused}
      onClick={() => client.send({ type: paused ? "resume" : "pause" })}
    >
      <Icon name={paused ? "play" : "pause"} />
    </button>
  );
}

function ResetButton() {
  const text = useText();
  const session = useSession();
  return (
    <button type="button" className={styles.quiet} title={text.header.resetTitle} onClick={() => session.reset()}>
      <Icon name="reset" size={14} />
      <span className={styles.wide}>{text.header.reset}</span>
    </button>
  );
}

function ThemeButton() {
  const text = useText();
  const theme = usePreference("theme");
  const label = `${text.header.themeLabel}: ${text.header.theme[theme]}`;
  useEffect(() => {
    applyTheme(theme);
    if (theme !== "system") return;
    const query = matchMedia("(prefers-color-scheme: light)");
    const follow = () => applyTheme("system");
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, [theme]);
  return (
    <button
      type="button"
      className={styles.icon}
      aria-label={label}
      title={text.header.theme[theme]}
      onClick={() => writePreference("theme", NEXT_THEME[theme])}
    >
      <Icon name={theme} />
    </button>
  );
}

function ReaderButton() {
  const text = useText();
  const on = usePreference("screenReader") === "on";
  return (
    <button
      type="button"
      className={`${styles.icon} ${styles.wide}`}
      aria-pressed={on}
      aria-label={text.header.screenReader}
      title={text.header.screenReader}
      onClick={() => writePreference("screenReader", on ? "off" : "on")}
    >
      <Icon name="reader" />
    </button>
  );
}
