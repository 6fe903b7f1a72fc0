/** The parts of an image's config (image-spec config.md, and docker's Healthcheck) that only some runs ask for. */
import type { Image } from "../image/store.ts";

export interface ImageConfig {
  readonly Volumes?: Readonly<Record<string, object>> | null;
  readonly ExposedPorts?: Readonly<Record<string, object>> | null;
  /** Times in nanoseconds; Test as docker's: ["CMD", …], ["CMD-SHELL", line], ["NONE"]. */
  readonly Healthcheck?: {
    readonly Test?: readonly string[];
    readonly Interval?: number;
    readonly Timeout?: number;
    readonly StartPeriod?: number;
    readonly StartInterval?: number;
    readonly Retries?: number;
  } | null;
}

/** The store's image has its config file as it is. */
export const imageConfig = (image: Image): ImageConfig =>
  (image as { readonly file?: { readonly config?: ImageConfig } }).file?.config ?? {};
