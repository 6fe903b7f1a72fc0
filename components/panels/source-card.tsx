"use client";

import { forgetSource, type SelectionState } from "../../lib/stores/selection-store.ts";
import { useText } from "../text/text-context.tsx";
import { GuestText } from "../ui/guest-text.tsx";
import { Icon } from "../ui/icons.tsx";
import { useSelection, useSession } from "../workbench/session-context.tsx";
import styles from "./source-card.module.css";

const selectSource = (state: SelectionState) => state.source;

export function SourceCard() {
  const text = useText();
  const session = useSession();
  const source = useSelection(selectSource);
  return (
    <section className={styles.card} aria-label={text.source.title} data-empty={source ? undefined : true}>
      {source ? (
        <>
          <p className={styles.name}>
            <b>{source.name}</b> <GuestText text={source.value} />
          </p>
          <dl className={styles.facts}>
            <dt>{text.source.kernel}</dt>
            <dd>{source.field}</dd>
            {source.file && (
              <>
                <dt>{text.source.file}</dt>
                <dd>
                  <GuestText text={source.file} max={160} />
                </dd>
              </>
            )}
            <dt>{text.source.command}</dt>
            <dd>
              <GuestText text={source.command} max={160} />
            </dd>
          </dl>
          <div className={styles.buttons}>
            <button type="button" className={styles.type} onClick={() => session.type("hvc0", `${source.command}\r`)}>
              {text.source.type} <Icon name="enter" size={13} />
            </button>
            <button type="button" aria-label={text.source.close} onClick={() => forgetSource(session.selection)}>
              <Icon name="close" size={13} />
            </button>
          </div>
        </>
      ) : (
        <>
          <p className={styles.name}>{text.source.title}</p>
          <p className={styles.hint}>{text.source.empty}</p>
        </>
      )}
    </section>
  );
}
