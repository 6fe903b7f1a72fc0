import { isLabKey, LAB_KEYS, labOptions, labTitle } from "./lab.ts";
import { labUrl } from "./lab-address.ts";
import { type LabLink, linkLab } from "./lab-link.ts";
import type { LabState } from "./messages.ts";

/** The lab's frame is made when the reader comes this close to it. */
const NEAR = "300px 0px";

let defaultSite = "";

const STYLE = `
:host { display: block; margin: 1.5rem 0; contain: content; }
iframe { display: block; width: 100%; border: 0; border-radius: 14px; background: #000; color-scheme: normal; }
p { padding: 1rem; border: 1px solid; border-radius: 14px; }
`;

/**
 * `<glassbox-lab site="https://labs.example.org" lab="sandbox" panels="layers,log" command="docker ps" theme="dark">`
 *
 * Nothing is requested before the reader is near, and nothing of the guest before the reader presses start in it.
 * Raises `glassbox-state` events with the lab's state in `detail`.
 */
export class GlassboxLabElement extends HTMLElement {
  static readonly observedAttributes = ["site", ...LAB_KEYS];

  #link: LabLink | null = null;
  #near: IntersectionObserver | null = null;
  readonly #root = this.attachShadow({ mode: "open" });

  connectedCallback(): void {
    this.#wait();
  }

  disconnectedCallback(): void {
    this.#clear();
  }

  attributeChangedCallback(_name: string, before: string | null, now: string | null): void {
    if (this.isConnected && before !== now) this.#wait();
  }

  get state(): LabState {
    return this.#link?.state ?? "poster";
  }

  start(): void {
    if (!this.#link) this.#load();
    this.#link?.start();
  }

  ready(): Promise<void> {
    return this.#needLink().ready();
  }

  run(command: string): Promise<void> {
    return this.#needLink().run(command);
  }

  settled(): Promise<void> {
    return this.#needLink().settled();
  }

  #needLink(): LabLink {
    if (!this.#link) this.#load();
    if (!this.#link) throw new Error("glassbox: the lab is not on the page, or its attributes are wrong");
    return this.#link;
  }

  /** Keeps the place that the lab will take, so that the article does not jump. */
  #wait(): void {
    this.#clear();
    const style = document.createElement("style");
    style.textContent = STYLE;
    this.#root.replaceChildren(style);
    try {
      const { options } = this.#read();
      this.style.minHeight = `${options.height}px`;
    } catch (error) {
      this.#explain(error);
      return;
    }
    this.#near = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) this.#load();
      },
      { rootMargin: NEAR },
    );
    this.#near.observe(this);
  }

  #load(): void {
    this.#near?.disconnect();
    this.#near = null;
    if (this.#link) return;
    const { url, options } = this.#read();
    const frame = document.createElement("iframe");
    frame.src = url;
    frame.title = labTitle(options);
    frame.height = String(options.height);
    frame.allow = "clipboard-write; fullscreen";
    this.#link = linkLab(frame, url, (state) =>
      this.dispatchEvent(new CustomEvent("glassbox-state", { detail: state, bubbles: true, composed: true })),
    );
    this.#root.append(frame);
  }

  #read() {
    const site = this.getAttribute("site") ?? defaultSite;
    if (!site) throw new Error("glassbox: site: missing; want where Glassbox is served");
    const given = [...this.attributes].filter(({ name }) => isLabKey(name)).map(({ name, value }) => [name, value]);
    const options = labOptions(Object.fromEntries(given));
    return { url: labUrl(site, options), options };
  }

  #explain(error: unknown): void {
    const line = document.createElement("p");
    line.textContent = error instanceof Error ? error.message : String(error);
    this.#root.append(line);
  }

  #clear(): void {
    this.#near?.disconnect();
    this.#near = null;
    this.#link?.dispose();
    this.#link = null;
  }
}

/** `site` is taken by elements that name none. The first call counts. */
export function defineGlassboxLab(site = ""): void {
  if (customElements.get("glassbox-lab")) return;
  defaultSite = site;
  customElements.define("glassbox-lab", GlassboxLabElement);
}

declare global {
  interface HTMLElementTagNameMap {
    "glassbox-lab": GlassboxLabElement;
  }
  interface HTMLElementEventMap {
    "glassbox-state": CustomEvent<LabState>;
  }
}
