"use client";

import { type FormEvent, useState } from "react";
import type { HttpAnswer } from "../../lib/protocol/http.ts";
import { useText } from "../text/text-context.tsx";
import { GuestText } from "../ui/guest-text.tsx";
import { useSession } from "../workbench/session-context.tsx";
import { Panel } from "./panel.tsx";
import { AnswerView } from "./preview/answer-view.tsx";
import styles from "./preview/preview.module.css";
import { type OpenPort, usePublishedPorts } from "./preview/use-published-ports.ts";

const TIMEOUT_MS = 20_000;
/** The page comes in by the machine's network card; what is bound to 127.0.0.1 cannot be reached from there. */
const isReachable = ({ protocol, hostAddress }: OpenPort): boolean =>
  protocol === "tcp" && (hostAddress === "0.0.0.0" || hostAddress === "10.0.2.15");

const keyOf = ({ protocol, hostAddress, hostPort }: OpenPort): string => `${protocol}-${hostAddress}-${hostPort}`;

interface Visit {
  readonly address: string;
  /** null while it is awaited. */
  readonly answer: HttpAnswer | null;
}

/** Published ports of running containers, and what a web server behind one answers. */
export function PreviewPanel() {
  const text = useText();
  const { client } = useSession();
  const ports = usePublishedPorts();
  const [chosen, setChosen] = useState<string | null>(null);
  const [path, setPath] = useState("/");
  const [visit, setVisit] = useState<Visit | null>(null);
  const port = ports.find((one) => keyOf(one) === chosen) ?? null;

  const open = async (to: OpenPort, at: string) => {
    setChosen(keyOf(to));
    const address = `localhost:${to.hostPort}`;
    setVisit({ address, answer: null });
    const answer = await client.http({
      port: to.hostPort,
      method: "GET",
      path: encodeURI(at).replaceAll("%25", "%"),
      timeoutMs: TIMEOUT_MS,
    });
    setVisit((current) => (current?.address === address ? { address, answer } : current));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (port) void open(port, path);
  };

  return (
    <Panel title={text.preview.title} hint={text.preview.hint}>
      <div className={styles.body}>
        {ports.length === 0 && <p className={styles.note}>{text.preview.empty}</p>}
        <ul className={styles.ports} aria-label={text.preview.ports}>
          {ports.map((one) => (
            <li key={keyOf(one)}>
              <button
                type="button"
                aria-pressed={keyOf(one) === chosen}
                disabled={!isReachable(one)}
                title={isReachable(one) ? undefined : text.preview.unreachable}
                onClick={() => void open(one, path)}
              >
                <GuestText text={one.container} /> {one.hostPort} → {one.port}/{one.protocol}
              </button>
            </li>
          ))}
        </ul>
        {port && (
          <form className={styles.address} onSubmit={submit}>
            <span>http://localhost:{port.hostPort}</span>
            <input
              aria-label={text.preview.path}
              value={path}
              spellCheck={false}
              onChange={(event) =>
                setPath(event.target.value.startsWith("/") ? event.target.value : `/${event.target.value}`)
              }
            />
            <button type="submit">{text.preview.open}</button>
          </form>
        )}
        <div className={styles.answer} aria-live="polite" aria-busy={visit?.answer === null}>
          {ports.length > 0 && !visit && <p className={styles.note}>{text.preview.choose}</p>}
          {visit?.answer === null && <p className={styles.note}>{text.preview.waiting}</p>}
          {visit?.answer && <AnswerView answer={visit.answer} address={visit.address} />}
        </div>
      </div>
    </Panel>
  );
}
