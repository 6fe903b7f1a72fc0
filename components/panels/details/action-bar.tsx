"use client";

import { useState } from "react";
import type { Refusal } from "../../../lib/stores/guest-actions.ts";
import { useText } from "../../text/text-context.tsx";
import { cleanGuestText } from "../../ui/guest-text.tsx";
import { useTime } from "../../workbench/session-context.tsx";
import styles from "./details.module.css";

export interface Action {
  readonly label: string;
  readonly danger?: boolean;
  /** Resolves to why the guest refused, or null; the picture changes when the kernel does. */
  run(): Promise<Refusal | null> | null;
}

/** Requests to the guest, each group in a row of its own. Nothing can be asked of the past, so they rest while the cursor stands there. */
export function ActionBar({ groups }: { readonly groups: readonly (readonly Action[])[] }) {
  const text = useText();
  const past = useTime((state) => state.cursorNs !== null);
  const [busy, setBusy] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const start = async ({ label, run }: Action) => {
    setBusy(label);
    setRefusal(null);
    setRefusal(await run());
    setBusy(null);
  };
  return (
    <>
      <fieldset className={styles.actions} aria-label={text.details.actions}>
        {groups.map((actions) => (
          <div key={actions[0]?.label}>
            {actions.map((action) => (
              <button
                key={action.label}
                type="button"
                data-danger={action.danger || undefined}
                disabled={past || busy !== null}
                title={past ? text.details.notInThePast : undefined}
                onClick={() => void start(action)}
              >
                {action.label}
              </button>
            ))}
          </div>
        ))}
      </fieldset>
      <p className={styles.refusal} role="status">
        {refusal && (
          <>
            <b>{cleanGuestText(refusal.code, 24)}</b> {text.errno[refusal.code as keyof typeof text.errno] ?? ""}{" "}
            <bdi>{cleanGuestText(refusal.message, 200)}</bdi>
          </>
        )}
      </p>
    </>
  );
}
