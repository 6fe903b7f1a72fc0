import type { Locator, Page } from "playwright";

/** Keys a second of someone who knows what they type. */
const KEY_MS = { least: 45, most: 135, afterWord: 90 };

/** Hands at the keyboard. Holds are steady from film to film: the unevenness comes from a seeded generator. */
export class Actor {
  readonly #page: Page;
  #seed = 20_251;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Types a line into a terminal's screen and presses Enter. */
  async typeLine(screen: Locator, line: string): Promise<void> {
    await screen.getByRole("textbox").focus();
    for (const char of line) {
      await this.#page.keyboard.type(char);
      await this.hold(
        KEY_MS.least + this.#random() * (KEY_MS.most - KEY_MS.least) + (char === " " ? KEY_MS.afterWord : 0),
      );
    }
    await this.hold(350);
    await this.#page.keyboard.press("Enter");
  }

  /** For the eye only; nothing depends on it. */
  async hold(ms: number): Promise<void> {
    await this.#page.waitForTimeout(ms);
  }

  #random(): number {
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return this.#seed / 2 ** 31;
  }
}
