import { FitAddon } from "@xterm/addon-fit";
import { UnicodeGraphemesAddon } from "@xterm/addon-unicode-graphemes";
import { Terminal } from "@xterm/xterm";
import { watchCommands } from "./command-lines.ts";
import { declareTerminalHangul, TERMINAL_HANGUL } from "./hangul-font.ts";
import { terminalTheme } from "./terminal-theme.ts";

const FONT_FAMILY = `"Geist Mono", "${TERMINAL_HANGUL}", ui-monospace, monospace`;
/** Means the same: the renderer forgets the widths that it measured when the family is another text, and only then. */
const SAME_FONT_FAMILY = `${FONT_FAMILY}, monospace`;
/** Lines kept above the screen. Each costs about 1 KB at 80 columns. */
const SCROLLBACK_LINES = 2_000;

/**
 * Operating system commands that a guest may send and that must do nothing: titles (0-2), colours (4, 10-19, 104,
 * 110-119), directory (7), links (8), notifications (9, 777), clipboard (52), shell marks (633), images (1337).
 */
const IGNORED_OSC = [
  0, 1, 2, 4, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 52, 104, 110, 111, 112, 113, 114, 115, 116, 117, 118,
  119, 633, 777, 1337,
];

export interface OpenTerminal {
  readonly xterm: Terminal;
  fit(): void;
  retheme(): void;
  /** The lines entered at the shell's prompts, as far as the terminal still has them. */
  readonly commands: () => readonly string[];
  dispose(): void;
}

export interface OpenOptions {
  readonly fontSizePx: number;
  readonly screenReader: boolean;
  readonly label: string;
}

export function openXterm(element: HTMLElement, options: OpenOptions): OpenTerminal {
  declareTerminalHangul();
  const xterm = new Terminal({
    allowProposedApi: true,
    cursorBlink: false,
    cursorInactiveStyle: "outline",
    fontFamily: FONT_FAMILY,
    fontSize: options.fontSizePx,
    lineHeight: 1.2,
    scrollback: SCROLLBACK_LINES,
    screenReaderMode: options.screenReader,
    theme: terminalTheme(element),
    minimumContrastRatio: 4.5,
  });
  const fitAddon = new FitAddon();
  xterm.loadAddon(fitAddon);
  xterm.loadAddon(new UnicodeGraphemesAddon());
  for (const code of IGNORED_OSC) xterm.parser.registerOscHandler(code, () => true);
  const commands = watchCommands(xterm);
  xterm.attachCustomKeyEventHandler((event) => !leavesTerminal(event));
  xterm.open(element);
  xterm.textarea?.setAttribute("aria-label", options.label);
  // Not while the machine starts: a drawing context and its atlas cost the main thread a tenth of a second.
  let ended = false;
  const idle = whenIdle(() => void loadWebgl(xterm, () => ended));
  // A slice of the Hangul font comes when its first syllable is shown; what was measured and drawn before it came is so anew.
  const redraw = () => {
    xterm.options.fontFamily = xterm.options.fontFamily === FONT_FAMILY ? SAME_FONT_FAMILY : FONT_FAMILY;
    xterm.clearTextureAtlas();
  };
  document.fonts?.addEventListener("loadingdone", redraw);
  return {
    xterm,
    commands,
    fit() {
      // A hidden terminal has no size; fitting it would tell the guest of a window of 2 columns.
      if (element.clientWidth > 0 && element.clientHeight > 0) fitAddon.fit();
    },
    retheme() {
      xterm.options.theme = terminalTheme(element);
    },
    dispose() {
      ended = true;
      idle.dispose();
      document.fonts?.removeEventListener("loadingdone", redraw);
      xterm.dispose();
    },
  };
}

/** Shift+Tab and F6 move on in the page, so that the keyboard is never caught. */
function leavesTerminal(event: KeyboardEvent): boolean {
  return (event.key === "Tab" && event.shiftKey) || event.key === "F6";
}

/** Without WebGL in hardware, or when the browser takes it back, xterm draws with the DOM; then its code is not fetched. */
async function loadWebgl(xterm: Terminal, isEnded: () => boolean): Promise<void> {
  if (!hasHardwareWebgl()) return;
  try {
    const { WebglAddon } = await import("@xterm/addon-webgl");
    if (isEnded()) return;
    const webgl = new WebglAddon();
    webgl.onContextLoss(() => webgl.dispose());
    xterm.loadAddon(webgl);
  } catch {
    // The DOM renderer is in place already.
  }
}

/** Emulated WebGL (no graphics card, remote desktops) is slower than the DOM and takes most of a second to set up. */
function hasHardwareWebgl(): boolean {
  const context = document.createElement("canvas").getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (!context) return false;
  // Chromium's own emulation does not count as a caveat to Chromium.
  const info = context.getExtension("WEBGL_debug_renderer_info");
  const renderer = info ? String(context.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "";
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return !/swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
}

/** Safari has no requestIdleCallback; a second is then well after the start. */
function whenIdle(run: () => void): { dispose(): void } {
  if (typeof requestIdleCallback !== "function") {
    const timer = setTimeout(run, 1_000);
    return { dispose: () => clearTimeout(timer) };
  }
  const handle = requestIdleCallback(run);
  return { dispose: () => cancelIdleCallback(handle) };
}
