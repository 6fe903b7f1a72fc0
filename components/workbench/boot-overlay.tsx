"use client";

import type { CSSProperties } from "react";
import type { BootState } from "../../lib/protocol/machine.ts";
import type { MachineState } from "../../lib/stores/machine-store.ts";
import { useText } from "../text/text-context.tsx";
import { formatMegabytes } from "../ui/format.ts";
import { cleanGuestText } from "../ui/guest-text.tsx";
import styles from "./boot-overlay.module.css";
import { useMachine, useSession } from "./session-context.tsx";

const STEPS = ["downloading", "restoring", "syncing", "ready"] as const;

const selectBoot = (state: MachineState) => state.boot;

/** Lies over the terminals while they cannot be typed into: shows each state as it passes, and what to do when it stops. */
export function BootOverlay({ onStart }: { readonly onStart: () => void }) {
  const boot = useMachine(selectBoot);
  switch (boot.state) {
    case "ready":
      return null;
    case "paused":
      return <Paused by={boot.by} />;
    case "crashed":
      return <Crashed boot={boot} />;
    case "failed":
      return <Failed boot={boot} onStart={onStart} />;
    default:
      return <Starting boot={boot} />;
  }
}

type StartingState = Extract<BootState, { state: "idle" | "downloading" | "restoring" | "booting" | "syncing" }>;

function Starting({ boot }: { readonly boot: StartingState }) {
  const text = useText();
  const at = STEPS.indexOf(boot.state === "booting" ? "restoring" : boot.state === "idle" ? "downloading" : boot.state);
  return (
    <div className={styles.overlay}>
      <div className={styles.box} style={{ "--level": level(boot) } as CSSProperties} aria-hidden="true" />
      <h2>{text.boot.heading}</h2>
      <p>{boot.state === "booting" ? text.boot.coldBoot : text.boot.lead}</p>
      <ol className={styles.steps}>
        {STEPS.map((step, index) => (
          <li key={step} data-done={index < at || undefined} aria-current={index === at ? "step" : undefined}>
            {text.boot.steps[step]}
          </li>
        ))}
      </ol>
      <p className={styles.bytes}>
        {boot.state === "downloading" && boot.totalBytes > 0
          ? text.boot.progress(formatMegabytes(boot.receivedBytes), formatMegabytes(boot.totalBytes))
          : " "}
      </p>
    </div>
  );
}

/** The mark fills as the machine comes in. */
function level(boot: StartingState): number {
  if (boot.state === "idle") return 0;
  if (boot.state === "downloading") return boot.totalBytes > 0 ? (0.8 * boot.receivedBytes) / boot.totalBytes : 0;
  return boot.state === "syncing" ? 1 : 0.9;
}

function Paused({ by }: { readonly by: "hidden" | "user" }) {
  const text = useText();
  const { client } = useSession();
  return (
    <div className={styles.overlay} data-thin>
      <p>{by === "hidden" ? text.boot.pausedHidden : text.boot.pausedUser}</p>
      <button type="button" className={styles.action} onClick={() => client.send({ type: "resume" })}>
        {text.boot.continue}
      </button>
    </div>
  );
}

function Crashed({ boot }: { readonly boot: Extract<BootState, { state: "crashed" }> }) {
  const text = useText();
  const session = useSession();
  return (
    <div className={styles.overlay} role="alert">
      <h2>{text.boot.crashed}</h2>
      <p>{text.boot[boot.reason]}</p>
      {boot.lastWords !== "" && (
        <figure className={styles.words}>
          <figcaption>{text.boot.lastWords}</figcaption>
          <pre>
            {boot.lastWords
              .split("\n")
              .map((line) => cleanGuestText(line, 160))
              .join("\n")}
          </pre>
        </figure>
      )}
      <button type="button" className={styles.action} onClick={() => session.reset()}>
        {text.header.reset}
      </button>
    </div>
  );
}

interface FailedProps {
  readonly boot: Extract<BootState, { state: "failed" }>;
  readonly onStart: () => void;
}

function Failed({ boot, onStart }: FailedProps) {
  const text = useText();
  return (
    <div className={styles.overlay} role="alert">
      <h2>{text.boot.failed}</h2>
      <p>{text.boot.advice[boot.code]}</p>
      <pre className={styles.words}>{cleanGuestText(boot.detail, 400)}</pre>
      <button type="button" className={styles.action} onClick={onStart}>
        {text.boot.retry}
      </button>
    </div>
  );
}
