"use client";

import { useEffect, useState } from "react";
import { useText } from "../text/text-context.tsx";
import { cleanGuestText } from "../ui/guest-text.tsx";
import { useSession } from "./session-context.tsx";

/** Says what a picture only shows: the machine is ready, the kernel has killed for memory. */
export function Announcer() {
  const text = useText();
  const { machine, timeline } = useSession();
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
    return () => {
      unready();
      untimed();
    };
  }, [machine, timeline, text]);

  return (
    <p className="visually-hidden" aria-live="assertive">
      {message}
    </p>
  );
}
