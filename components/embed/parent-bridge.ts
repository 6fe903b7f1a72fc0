import { type FromLab, parseToLab, type ToLab } from "../../embed/src/messages.ts";
import type { LabScript } from "./lab-script.ts";

/** Answers the page around this frame, if there is one; see embed/src/messages.ts for what may be said and why. */
export function answerParent(script: LabScript, start: () => void): () => void {
  if (window.parent === window) return () => {};
  // Nothing secret is said, and the lab does not know who may embed it.
  const say = (message: FromLab): void => window.parent.postMessage(message, "*");
  const hear = (event: MessageEvent): void => {
    if (event.source !== window.parent) return;
    const message = parseToLab(event.data);
    if (message?.type === "start") start();
    else if (message)
      void carryOut(script, message).then((error) => say({ glassbox: 1, type: "answer", id: message.id, error }));
  };
  window.addEventListener("message", hear);
  const unsubscribe = script.onState((state) => say({ glassbox: 1, type: "state", state }));
  return () => {
    window.removeEventListener("message", hear);
    unsubscribe();
  };
}

async function carryOut(script: LabScript, message: Exclude<ToLab, { type: "start" }>): Promise<string | null> {
  try {
    if (message.type === "run") await script.run(message.command);
    else await script.settled();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
