"use client";

import { usePathname } from "next/navigation";
import { type Ref, useState } from "react";
import { LABS, labTitle } from "../../embed/src/lab.ts";
import type { Language } from "../text/language.ts";
import { useText } from "../text/text-context.tsx";
import { Icon } from "../ui/icons.tsx";
import styles from "./embed-dialog.module.css";

export function EmbedDialog({ ref, language }: { readonly ref: Ref<HTMLDialogElement>; readonly language: Language }) {
  const text = useText();
  const path = usePathname();
  const lab = LABS.find((slug) => path.includes(`/lessons/${slug}/`)) ?? "sandbox";
  return (
    <dialog ref={ref} className={styles.dialog} aria-labelledby="embed-title">
      <div className={styles.head}>
        <h2 id="embed-title">{text.embed.title}</h2>
        <button
          type="button"
          aria-label={text.embed.close}
          className={styles.close}
          onClick={(event) => event.currentTarget.closest("dialog")?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
      <p className={styles.body}>{text.embed.body}</p>
      <Snippet title={text.embed.fence} read={() => `\`\`\`glassbox\nlab: ${lab}\nlang: ${language}\n\`\`\``} />
      <Snippet title={text.embed.iframe} read={() => iframeSnippet(language, lab)} />
    </dialog>
  );
}

const BASE_PATH = process.env.NEXT_PUBLIC_BASE_PATH ?? "";

/** Reads the origin when shown: the static page does not know where it is served. */
function iframeSnippet(language: Language, lab: string): string {
  const origin = typeof location === "undefined" ? "" : location.origin;
  return `<iframe src="${origin}${BASE_PATH}/${language}/embed/${lab}/" title="${labTitle({ lang: language })}" width="100%" height="560" loading="lazy" style="border:0;border-radius:12px"></iframe>`;
}

function Snippet({ title, read }: { readonly title: string; readonly read: () => string }) {
  const text = useText();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(read());
    setCopied(true);
  };
  return (
    <section className={styles.snippet}>
      <h3>{title}</h3>
      <button type="button" onClick={() => void copy()} className={styles.copy}>
        <span role="status">{copied ? text.embed.copied : text.embed.copy}</span>
      </button>
      <pre suppressHydrationWarning>{read()}</pre>
    </section>
  );
}
