import { type FromLab, type LabState, parseFromLab, type ToLab } from "./messages.ts";

/** The page's end of the line to one lab. */
export interface LabLink {
  readonly state: LabState;
  start(): void;
  /** Resolves when the lab answers at its prompt; rejects when it could not start. Does not start it. */
  ready(): Promise<void>;
  run(command: string): Promise<void>;
  settled(): Promise<void>;
  dispose(): void;
}

type Waiting = { readonly resolve: () => void; readonly reject: (error: Error) => void };

export function linkLab(frame: HTMLIFrameElement, url: string, onState: (state: LabState) => void): LabLink {
  const { origin } = new URL(url);
  const answers = new Map<number, Waiting>();
  let readiness: Waiting[] = [];
  let state: LabState = "poster";
  let lastId = 0;
  /** What was said before the lab's page listened; null from its first word on. */
  let outbox: ToLab[] | null = [];

  const post = (message: ToLab): void => frame.contentWindow?.postMessage(message, origin);
  const send = (message: ToLab): void => {
    if (outbox) outbox.push(message);
    else post(message);
  };
  const ask = (message: (id: number) => ToLab): Promise<void> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      answers.set(id, { resolve, reject });
      send(message(id));
    });

  const takeState = (next: LabState): void => {
    state = next;
    if (next === "ready") for (const waiting of readiness.splice(0)) waiting.resolve();
    if (next === "failed")
      for (const waiting of readiness.splice(0)) waiting.reject(new Error("glassbox: could not start"));
    onState(next);
  };
  const take = (message: FromLab): void => {
    if (message.type === "state") {
      takeState(message.state);
      return;
    }
    const waiting = answers.get(message.id);
    answers.delete(message.id);
    if (message.error === null) waiting?.resolve();
    else waiting?.reject(new Error(`glassbox: ${message.error}`));
  };
  const listen = (event: MessageEvent): void => {
    if (event.source !== frame.contentWindow || event.origin !== origin) return;
    const message = parseFromLab(event.data);
    if (!message) return;
    const early = outbox ?? [];
    outbox = null;
    take(message);
    for (const waiting of early) post(waiting);
  };
  window.addEventListener("message", listen);

  return {
    get state() {
      return state;
    },
    start: () => send({ glassbox: 1, type: "start" }),
    ready: () =>
      new Promise((resolve, reject) => {
        if (state === "ready") resolve();
        else readiness.push({ resolve, reject });
      }),
    run: (command) => ask((id) => ({ glassbox: 1, type: "run", id, command })),
    settled: () => ask((id) => ({ glassbox: 1, type: "settled", id })),
    dispose() {
      window.removeEventListener("message", listen);
      const gone = new Error("glassbox: the lab was taken off the page");
      for (const waiting of [...readiness, ...answers.values()]) waiting.reject(gone);
      readiness = [];
      answers.clear();
    },
  };
}
