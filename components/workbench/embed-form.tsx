"use client";

import { usePathname } from "next/navigation";
import { useMemo, useState } from "react";
import { writeFence } from "../../embed/src/fence.ts";
import { LABS, type LabOptions, type LabPanel, labOptions, labTitle, PANELS } from "../../embed/src/lab.ts";
import { labUrl } from "../../embed/src/lab-address.ts";
import type { Language } from "../text/language.ts";
import { useText } from "../text/text-context.tsx";
import styles from "./embed-dialog.module.css";
import type { Scene } from "./scene.ts";

const BASE_PATH = process.env.NEXT_PUBLIC_BASE_PATH ?? "";

interface FormProps {
  readonly language: Language;
  /** What the form begins with. */
  readonly scene: Scene;
}

/** Panels and commands to choose, and the code that means them. */
export function EmbedForm({ language, scene }: FormProps) {
  const text = useText();
  const path = usePathname();
  const [panels, setPanels] = useState(scene.panels);
  const [commands, setCommands] = useState(scene.command.join("\n"));
  const lab = LABS.find((slug) => path.includes(`/lessons/${slug}/`)) ?? "sandbox";
  const code = useMemo(
    () => codeOf({ lab, panels, command: commands, lang: language, theme: scene.theme }),
    [lab, panels, commands, language, scene.theme],
  );
  const toggle = (panel: LabPanel) =>
    setPanels(panels.includes(panel) ? panels.filter((name) => name !== panel) : [...panels, panel]);
  return (
    <>
      <p className={styles.body}>{text.embed.body}</p>
      <fieldset className={styles.panels}>
        <legend>{text.embed.panels}</legend>
        {PANELS.map((panel) => (
          <label key={panel}>
            <input type="checkbox" checked={panels.includes(panel)} onChange={() => toggle(panel)} />
            {text.tabs[panel]}
          </label>
        ))}
      </fieldset>
      <label className={styles.commands}>
        <span>{text.embed.commands}</span>
        <div className={styles.field}>
          <textarea
            rows={Math.min(8, Math.max(2, commands.split("\n").length))}
            value={commands}
            spellCheck={false}
            placeholder="docker run -d --name web busybox sleep 600"
            onChange={(event) => setCommands(event.target.value)}
          />
        </div>
      </label>
      {"mistake" in code ? (
        <p className={styles.mistake} role="alert">
          {code.mistake}
        </p>
      ) : (
        <>
          <Snippet title={text.embed.fence} code={code.fence} />
          <Snippet title={text.embed.iframe} code={code.iframe} />
        </>
      )}
    </>
  );
}

type Code = { readonly fence: string; readonly iframe: string } | { readonly mistake: string };

function codeOf(given: Parameters<typeof labOptions>[0]): Code {
  try {
    const options = labOptions(given);
    return { fence: writeFence(options), iframe: iframeOf(options) };
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", '"': "&quot;" };

function iframeOf(options: LabOptions): string {
  const address = labUrl(`${location.origin}${BASE_PATH}`, options).replace(/[&"]/g, (char) => ESCAPES[char] ?? char);
  const look = `width="100%" height="${options.height}" loading="lazy" style="border:0;border-radius:12px"`;
  return `<iframe src="${address}" title="${labTitle(options)}" ${look}></iframe>`;
}

function Snippet({ title, code }: { readonly title: string; readonly code: string }) {
  const text = useText();
  const [copied, setCopied] = useState<string | null>(null);
  const copy = async () => {
    await navigator.clipboard.writeText(code);
    setCopied(code);
  };
  return (
    <section className={styles.snippet} aria-label={title}>
      <h3>{title}</h3>
      <button type="button" onClick={() => void copy()} className={styles.copy}>
        <span role="status">{copied === code ? text.embed.copied : text.embed.copy}</span>
      </button>
      <pre>{code}</pre>
    </section>
  );
}
