"use client";

import { type FormEvent, type KeyboardEvent, useState } from "react";
import type { Cgroup } from "../../../lib/protocol/kernel-snapshot.ts";
import { type Refusal, request } from "../../../lib/stores/guest-actions.ts";
import { useText } from "../../text/text-context.tsx";
import { cleanGuestText } from "../../ui/guest-text.tsx";
import { Icon } from "../../ui/icons.tsx";
import { useSession, useTime } from "../../workbench/session-context.tsx";
import { Sourced } from "../sourced.tsx";
import { type CgroupFile, cgroupSource } from "../value-sources.ts";
import styles from "./cgroup.module.css";

interface LimitProps {
  readonly cgroup: Cgroup;
  readonly file: CgroupFile;
  /** As a reader would write it, e.g. "100 MiB". */
  readonly shown: string;
  /** What the file holds, to start from. */
  readonly raw: string;
  /** Turns what is typed into what the file takes; as it is, if left out. */
  readonly toFile?: (typed: string) => string;
}

/**
 * A limit that can be changed where it stands. The value is written to the cgroup's own file; what is shown changes when
 * the kernel has it, and when the kernel refuses, its errno says why.
 */
export function LimitField({ cgroup, file, shown, raw, toFile = (typed) => typed }: LimitProps) {
  const text = useText();
  const { client } = useSession();
  const past = useTime((state) => state.cursorNs !== null);
  const [editing, setEditing] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const close = () => {
    setEditing(false);
    setRefusal(null);
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get("value") ?? "").trim();
    const refused = await request(client, "writeCgroup", { cgroup: cgroup.path, file, value: toFile(typed) });
    if (refused) setRefusal(refused);
    else close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  const value = <Sourced source={cgroupSource(cgroup, file, shown)}>{shown}</Sourced>;
  // The root has no limits: it is the machine.
  if (cgroup.parent === null) return value;
  if (!editing)
    return (
      <>
        {value}
        <button
          type="button"
          className={styles.edit}
          disabled={past}
          aria-label={text.cgroup.change(file)}
          title={past ? text.details.notInThePast : text.cgroup.change(file)}
          onClick={() => setEditing(true)}
        >
          <Icon name="edit" size={11} />
        </button>
      </>
    );
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)} onKeyDown={onKeyDown}>
      <input
        name="value"
        aria-label={file}
        defaultValue={raw}
        spellCheck={false}
        autoComplete="off"
        // biome-ignore lint/a11y/noAutofocus: the field stands where the visitor has just pressed to type.
        autoFocus
        onFocus={(event) => event.currentTarget.select()}
      />
      <button type="submit">{text.cgroup.write}</button>
      <button type="button" aria-label={text.source.close} onClick={close}>
        <Icon name="close" size={11} />
      </button>
      <span role="status" className={styles.refusal}>
        {refusal && (
          <>
            <b>{cleanGuestText(refusal.code, 24)}</b>{" "}
            {text.errno[refusal.code as keyof typeof text.errno] ?? cleanGuestText(refusal.message, 120)}
          </>
        )}
      </span>
    </form>
  );
}
