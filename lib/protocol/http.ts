/**
 * HTTP from the page into the guest: asked of the worker that owns the machine, which speaks TCP over the guest's network
 * adapter. What comes back is the guest's, hence hostile: bounded here, shown as text or in a sandbox.
 */
export const MAX_HTTP_BYTES = 1024 * 1024;

export interface HttpRequest {
  /** As the guest publishes it. */
  readonly port: number;
  readonly method: "GET" | "HEAD";
  /** Absolute path with its query. */
  readonly path: string;
  readonly timeoutMs: number;
}

export type HttpAnswer =
  | {
      readonly ok: true;
      /** "HTTP/1.1 200 OK" */
      readonly statusLine: string;
      readonly status: number;
      readonly headers: readonly (readonly [name: string, value: string])[];
      readonly body: Uint8Array;
      /** There was more than MAX_HTTP_BYTES. */
      readonly truncated: boolean;
    }
  | { readonly ok: false; readonly reason: HttpFailure; readonly detail: string };

/** refused: nobody listens; unreachable: the guest does not answer on its adapter; bad-answer: what came is no HTTP. */
export type HttpFailure = "refused" | "unreachable" | "timeout" | "closed" | "bad-answer" | "no-machine";
