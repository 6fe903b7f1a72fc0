"use client";

import { lazy, Suspense, useRef, useState } from "react";
import type { Language } from "../text/language.ts";
import { useText } from "../text/text-context.tsx";
import { Icon } from "../ui/icons.tsx";
import styles from "./embed-dialog.module.css";
import { readScene, type Scene } from "./scene.ts";
import { useSession } from "./session-context.tsx";

/** What it offers is written when it is first asked for: the prompt does not wait for it. */
const EmbedForm = lazy(() => import("./embed-form.tsx").then((module) => ({ default: module.EmbedForm })));

interface ButtonProps {
  readonly language: Language;
  readonly className?: string;
}

/** Gives code that puts what is on the screen now into someone's blog. */
export function EmbedButton({ language, className }: ButtonProps) {
  const text = useText();
  const session = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const [opened, setOpened] = useState<{ readonly count: number; readonly scene: Scene } | null>(null);
  const open = () => {
    const scene = readScene(session);
    setOpened((before) => ({ count: (before?.count ?? 0) + 1, scene }));
    dialog.current?.showModal();
  };
  return (
    <>
      <button type="button" className={className} onClick={open}>
        {text.header.embed}
      </button>
      <dialog ref={dialog} className={styles.dialog} aria-labelledby="embed-title">
        <div className={styles.head}>
          <h2 id="embed-title">{text.embed.title}</h2>
          <button
            type="button"
            aria-label={text.embed.close}
            className={styles.close}
            onClick={() => dialog.current?.close()}
          >
            <Icon name="close" />
          </button>
        </div>
        <Suspense>{opened && <EmbedForm key={opened.count} language={language} scene={opened.scene} />}</Suspense>
      </dialog>
    </>
  );
}
