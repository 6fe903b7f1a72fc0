"use client";

import { useText } from "../text/text-context.tsx";
import { Icon } from "../ui/icons.tsx";
import { useSession, useTime } from "../workbench/session-context.tsx";
import styles from "./try-list.module.css";

export interface Trial {
  /** What the picture above will show. */
  readonly what: string;
  readonly command: string;
}

/** Commands that change what the panel shows: one press types it at the host's prompt. */
export function TryList({ trials }: { readonly trials: readonly Trial[] }) {
  const text = useText();
  const session = useSession();
  const past = useTime((state) => state.cursorNs !== null);
  if (trials.length === 0 || past) return null;
  return (
    <section className={styles.try} aria-label={text.trials.title}>
      <h3>{text.trials.title}</h3>
      <ul>
        {trials.map(({ what, command }) => (
          <li key={command}>
            <button type="button" onClick={() => session.type("hvc0", `${command}\r`)}>
              <span>{what}</span>
              <code>{command}</code>
              <Icon name="enter" size={13} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What a shell takes as one word and docker as a name; a guest may say anything. */
export const isPlainName = (name: string): boolean => /^[a-zA-Z0-9][\w.-]*$/.test(name);
