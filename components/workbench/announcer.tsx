"use client";

import { useEffect, useState } from "react";
import { useText } from "../text/text-context.tsx";
import { formatAgo } from "../ui/format.ts";
import { cleanGuestText } from "../ui/guest-text.tsx";
import { useSession } from "./session-context.tsx";

/** Says what a picture only shows: the machine is ready, the kernel has killed for memory. */
export function Announcer() {
  const text = useText();
  const { machine, timeline, time } = useSession();
  const [message, setMessage] = useState("");

  useEffect(() => {
    const unready = machine.subscribe((state, before) => {
      if (state.boot.state === "ready" && before.boot.state !== "ready") setMessage(text.announce.ready);
    });
    let heard = -1;
    const untimed = timeline.subscribe(({ entries }) => {
      for (const entry of entries) {
        if (entry.key <= heard) continue;
        heard = Math.max(heard, entry.key);
        if (entry.type === "event" && entry.event.kind === "oom-kill") {
          setMessage(text.announce.oom(cleanGuestText(entry.event.path, 40), entry.event.count));
        }
      }
    });
    const unmoved = time.subscribe((state, before) => {
      if (state.cursorNs === before.cursorNs) return;
      // While the slider has the focus, it says its value itself.
      if (document.activeElement?.role === "slider") return;
      if (state.cursorNs === null) setMessage(text.rewind.saidLive);
      else if (before.cursorNs === null)
        setMessage(text.rewind.said(text.timeline.ago(formatAgo(((state.latestNs ?? 0) - state.cursorNs) / 1e6))));
    });
    return () => {
      unready();
      untimed();
      unmoved();
    };
  }, [machine, timeline, time, text]);

  return (
    <p className="visually-hidden" aria-live="assertive">
      {message}
    </p>
  );
}
