import type { Page } from "playwright";
import type { Actor } from "./actor.ts";

/** One film. It waits for what the kernel and the page show; holds are only for the eye of who watches. */
export interface Demo {
  /** Path on the site, e.g. "/ko/lessons/pid-namespace/". */
  readonly path: string;
  readonly play: (stage: Stage) => Promise<void>;
}

export interface Stage {
  readonly page: Page;
  readonly actor: Actor;
  /** The picture shown before the film is played: this moment. */
  readonly poster: () => Promise<void>;
  readonly title: (title: string, below: string) => Promise<void>;
}
