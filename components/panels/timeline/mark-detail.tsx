"use client";

import { type ReactNode, useEffect, useRef } from "react";
import type { KernelEvent } from "../../../lib/protocol/kernel-event.ts";
import type { RuntimeStep } from "../../../lib/protocol/runtime-step.ts";
import { useText } from "../../text/text-context.tsx";
import { formatSeconds } from "../../ui/format.ts";
import { GuestText } from "../../ui/guest-text.tsx";
import { Icon } from "../../ui/icons.tsx";
import { useSession } from "../../workbench/session-context.tsx";
import { formatFile } from "./describe.ts";
import type { PlacedMark } from "./place-marks.ts";
import { SourceExcerpt } from "./source-excerpt.tsx";
import styles from "./timeline.module.css";

export function MarkDetail({ mark, onClose }: { readonly mark: PlacedMark; readonly onClose: () => void }) {
  const text = useText();
  const { seek } = useSession();
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") onClose();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [onClose]);
  const first = mark.entries[0];
  const last = mark.entries.at(-1);
  return (
    <section className={styles.detail} data-tone={mark.tone} aria-label={text.timeline.detail}>
      <div className={styles.detailHead}>
        <h3>
          <bdi>{mark.label}</bdi>
        </h3>
        <button ref={close} type="button" aria-label={text.source.close} onClick={onClose}>
          <Icon name="close" size={14} />
        </button>
      </div>
      {mark.entries.map((entry) =>
        entry.type === "step" ? (
          <StepFacts key={entry.key} step={entry.step} />
        ) : (
          <EventFacts key={entry.key} event={entry.event} />
        ),
      )}
      {first && (
        <p className={styles.at}>
          {text.timeline.at} {formatSeconds(first.atMs)} s
          <button type="button" className={styles.moment} onClick={() => seek((last?.atMs ?? first.atMs) * 1e6)}>
            {text.timeline.thisMoment}
          </button>
        </p>
      )}
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function StepFacts({ step }: { readonly step: RuntimeStep }) {
  const text = useText();
  return (
    <dl className={styles.facts}>
      <Fact name={text.timeline.operation}>
        {step.operation} {step.index}/{step.total}
        {step.part && ` · ${text.timeline.part[step.part]}`}
      </Fact>
      <Fact name={text.timeline.syscall}>
        <code>
          {step.syscall}(<GuestText text={step.args.join(", ")} max={400} />)
        </code>
        {step.error && <b> {step.error}</b>}
      </Fact>
      <Fact name={text.timeline.manual}>
        <code>
          man 2 <GuestText text={step.syscall} max={40} />
        </code>
      </Fact>
      {step.name !== "" && (
        <Fact name={step.id === "" ? text.timeline.image : text.timeline.container}>
          <GuestText text={`${step.name} ${step.id.slice(0, 12)}`} />
        </Fact>
      )}
      <Fact name={text.timeline.source}>
        <SourceExcerpt source={step.source} />
      </Fact>
    </dl>
  );
}

function EventFacts({ event }: { readonly event: KernelEvent }) {
  const text = useText();
  return (
    <dl className={styles.facts}>
      {"pid" in event && (
        <Fact name={text.timeline.process}>
          <GuestText text={event.comm} max={15} /> PID {event.pids.join(" → ")}
        </Fact>
      )}
      {"ppid" in event && <Fact name="PPID">{event.ppid}</Fact>}
      {event.kind === "exec" && (
        <Fact name="execve">
          <GuestText text={event.from} max={15} /> → <GuestText text={event.comm} max={15} />
        </Fact>
      )}
      {"inode" in event && "type" in event && (
        <Fact name={text.isolation.types[event.type]}>
          {event.type}:[{event.inode}]
        </Fact>
      )}
      {"path" in event && (
        <Fact name="cgroup">
          <GuestText text={event.path} max={120} />
        </Fact>
      )}
      {event.kind === "limit" && (
        <Fact name={event.file}>
          {formatFile(event.file, event.from)} → {formatFile(event.file, event.to)}
        </Fact>
      )}
      {event.kind === "hostname" && (
        <Fact name="hostname">
          <GuestText text={event.from} max={64} /> → <GuestText text={event.to} max={64} />
        </Fact>
      )}
      {event.kind === "cgroup-move" && (
        <Fact name="cgroup">
          <GuestText text={event.fromPath} max={80} /> → <GuestText text={event.toPath} max={80} />
        </Fact>
      )}
    </dl>
  );
}
