"use client";

import "@xterm/xterm/css/xterm.css";
import { useEffect, useRef } from "react";
import type { TerminalId } from "../../lib/protocol/machine.ts";
import type { PageSession } from "../../lib/stores/page-session.ts";
import { usePreference } from "../ui/preferences.ts";
import type { OpenTerminal } from "./open-xterm.ts";
import styles from "./terminal.module.css";

interface TerminalViewProps {
  readonly session: PageSession;
  readonly terminal: TerminalId;
  readonly label: string;
  readonly fontSizePx?: number;
  /** Takes the keyboard when the machine first answers. */
  readonly autoFocus?: boolean;
}

export function TerminalView({ session, terminal, label, fontSizePx = 12.5, autoFocus = false }: TerminalViewProps) {
  const element = useRef<HTMLDivElement>(null);
  const screenReader = usePreference("screenReader") === "on";

  useEffect(() => {
    const host = element.current;
    if (!host) return;
    let ended = false;
    let close = () => {};
    void loadTerminal().then((openXterm) => {
      if (ended) return;
      const opened = openXterm(host, { fontSizePx, screenReader, label });
      close = connect(session, terminal, host, opened, autoFocus);
    });
    return () => {
      ended = true;
      close();
    };
  }, [session, terminal, label, fontSizePx, screenReader, autoFocus]);

  // biome-ignore lint/a11y/useSemanticElements: a terminal is no set of form fields.
  return <div ref={element} className={styles.screen} role="group" aria-label={label} />;
}

/** The terminal's code and its font come after the first paint; without the font xterm would measure another one. */
async function loadTerminal() {
  const [module] = await Promise.all([
    import("./open-xterm.ts"),
    document.fonts?.load('12px "Geist Mono"').catch(() => []),
  ]);
  return module.openXterm;
}

function connect(
  session: PageSession,
  terminal: TerminalId,
  host: HTMLElement,
  opened: OpenTerminal,
  autoFocus: boolean,
): () => void {
  const { xterm } = opened;
  const detach = session.terminals.attach(terminal, (data) => xterm.write(data));
  const uncleared = session.terminals.onClear(() => xterm.reset());
  const withdraw = session.terminals.offerCommands(terminal, opened.commands);
  const send = (text: string) => session.type(terminal, text);
  const input = xterm.onData(send);
  const binary = xterm.onBinary((text) =>
    session.client.send({ type: "input", terminal, data: Uint8Array.from(text, (char) => char.charCodeAt(0) & 0xff) }),
  );
  const resize = xterm.onResize(({ cols, rows }) => {
    session.client.send({ type: "resize", terminal, columns: cols, rows });
  });
  let frame = 0;
  const observer = new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => opened.fit());
  });
  observer.observe(host);
  const themes = new MutationObserver(() => opened.retheme());
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  const takeKeyboard = () => {
    if (autoFocus && nothingFocused()) xterm.focus();
  };
  const unready = session.machine.subscribe((state, before) => {
    if (state.boot.state === "ready" && before.boot.state !== "ready") takeKeyboard();
  });
  if (session.machine.getState().boot.state === "ready") takeKeyboard();
  opened.fit();
  session.client.send({ type: "resize", terminal, columns: xterm.cols, rows: xterm.rows });
  return () => {
    cancelAnimationFrame(frame);
    observer.disconnect();
    themes.disconnect();
    unready();
    detach();
    uncleared();
    withdraw();
    input.dispose();
    binary.dispose();
    resize.dispose();
    opened.dispose();
  };
}

/** The terminal must not take the keyboard from a visitor who is already somewhere, nor raise a phone's keyboard. */
function nothingFocused(): boolean {
  const { activeElement } = document;
  return (!activeElement || activeElement === document.body) && matchMedia("(pointer: fine)").matches;
}
