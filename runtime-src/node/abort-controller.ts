/** AbortController and AbortSignal, with addEventListener for "abort", onabort, abort(), timeout(). */
type Listener = (event: { type: "abort"; target: AbortSignal }) => void;

function abortError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name, code: name === "AbortError" ? 20 : 23 });
}

export class AbortSignal {
  aborted = false;
  reason: unknown;
  onabort: Listener | null = null;
  #listeners = new Set<Listener>();

  static abort(reason: unknown = abortError("AbortError", "This operation was aborted")): AbortSignal {
    const signal = new AbortSignal();
    signal.fire(reason);
    return signal;
  }

  static timeout(delayMs: number): AbortSignal {
    const signal = new AbortSignal();
    setTimeout(
      () => signal.fire(abortError("TimeoutError", "The operation was aborted due to timeout")),
      delayMs,
    ).unref();
    return signal;
  }

  addEventListener(name: "abort", listener: Listener): void {
    if (name === "abort") this.#listeners.add(listener);
  }

  removeEventListener(_name: "abort", listener: Listener): void {
    this.#listeners.delete(listener);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  /** For AbortController. */
  fire(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const event = { type: "abort", target: this } as const;
    this.onabort?.(event);
    for (const listener of this.#listeners) listener(event);
    this.#listeners.clear();
  }
}

export class AbortController {
  readonly signal = new AbortSignal();

  abort(reason: unknown = abortError("AbortError", "This operation was aborted")): void {
    this.signal.fire(reason);
  }
}
