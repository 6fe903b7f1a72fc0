"use client";

import type { BootState } from "../../lib/protocol/machine.ts";
import type { MachineState } from "../../lib/stores/machine-store.ts";
import { useText } from "../text/text-context.tsx";
import { formatMegabytes, formatSeconds } from "../ui/format.ts";
import styles from "./header.module.css";
import { RewindPill } from "./rewind-pill.tsx";
import { useMachine } from "./session-context.tsx";

type Tone = "live" | "busy" | "still" | "broken";

const TONES: Readonly<Record<BootState["state"], Tone>> = {
  idle: "busy",
  downloading: "busy",
  restoring: "busy",
  booting: "busy",
  syncing: "busy",
  ready: "live",
  paused: "still",
  crashed: "broken",
  failed: "broken",
};

const selectBoot = (state: MachineState) => state.boot;
const selectStarted = (state: MachineState) => state.started;

export function BootPill() {
  const text = useText();
  const boot = useMachine(selectBoot);
  const started = useMachine(selectStarted);
  return (
    <div className={styles.status}>
      <RewindPill />
      <span className={styles.pill} data-tone={TONES[boot.state]} role="status">
        {text.boot[boot.state]}
      </span>
      {started && (
        <span className={`${styles.pill} ${styles.figures}`}>
          {text.boot.figures(formatSeconds(started.bootMs), formatMegabytes(started.receivedBytes))}
        </span>
      )}
    </div>
  );
}
