"use client";

import { type FormEvent, useState } from "react";
import { type Refusal, request } from "../../../lib/stores/guest-actions.ts";
import { useText } from "../../text/text-context.tsx";
import { cleanGuestText } from "../../ui/guest-text.tsx";
import { useSession, useTime } from "../../workbench/session-context.tsx";
import styles from "./network.module.css";

/** Connects a container to one more network; the wire is drawn when the kernel has it. */
export function ConnectForm({ container, onDone }: { readonly container: string; readonly onDone: () => void }) {
  const text = useText();
  const { client } = useSession();
  const past = useTime((state) => state.cursorNs !== null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const network = String(new FormData(event.currentTarget).get("network") ?? "").trim();
    const refused = await request(client, "networkConnect", { network, container });
    setRefusal(refused);
    if (!refused) onDone();
  };
  return (
    <form className={styles.connect} onSubmit={(event) => void submit(event)}>
      <input
        name="network"
        aria-label={text.network.connectTo}
        placeholder={text.network.connectTo}
        spellCheck={false}
        autoComplete="off"
        // biome-ignore lint/a11y/noAutofocus: the field stands where the visitor has just pressed to type.
        autoFocus
      />
      <button type="submit" disabled={past}>
        {text.network.connect}
      </button>
      <span role="status">
        {refusal && (
          <>
            <b>{cleanGuestText(refusal.code, 24)}</b> {cleanGuestText(refusal.message, 160)}
          </>
        )}
      </span>
    </form>
  );
}
