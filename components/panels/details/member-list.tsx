"use client";

import type { Task } from "../../../lib/protocol/kernel-snapshot.ts";
import { useText } from "../../text/text-context.tsx";
import { GuestText } from "../../ui/guest-text.tsx";
import styles from "./details.module.css";
import { Section } from "./facts.tsx";
import { Pick } from "./pick.tsx";

const MOST = 40;

/** The processes among these tasks, each by its own number where it is: a namespace's or a cgroup's members. */
export function MemberList({ tasks }: { readonly tasks: readonly Task[] }) {
  const text = useText();
  return (
    <Section title={text.details.members} count={tasks.length}>
      <ul className={styles.flow}>
        {tasks.slice(0, MOST).map(({ pid, pids, startTimeNs, comm }) => (
          <li key={pid}>
            <Pick selection={{ kind: "task", pid, startTimeNs }}>
              {pids.at(-1)} <GuestText text={comm} max={15} />
            </Pick>
          </li>
        ))}
        {tasks.length > MOST && <li>{text.glass.more(tasks.length - MOST)}</li>}
      </ul>
    </Section>
  );
}
