import type { ITheme } from "@xterm/xterm";

/** Theme colours come from the tokens; xterm wants plain ones, so a canvas resolves whatever CSS allows. */
export function terminalTheme(element: Element): ITheme {
  const style = getComputedStyle(element);
  const resolve = createResolver();
  const token = (name: string) => resolve(style.getPropertyValue(name).trim());
  const background = token("--term-bg");
  return {
    background,
    foreground: token("--term-fg"),
    cursor: token("--brand"),
    cursorAccent: background,
    selectionBackground: `${token("--brand")}55`,
    black: token("--bg-3"),
    brightBlack: token("--fg-3"),
    red: token("--err"),
    brightRed: token("--err"),
    green: token("--ok"),
    brightGreen: token("--ok"),
    yellow: token("--warn"),
    brightYellow: token("--warn"),
    blue: token("--ns-net"),
    brightBlue: token("--ns-net"),
    magenta: token("--ns-ipc"),
    brightMagenta: token("--ns-ipc"),
    cyan: token("--brand"),
    brightCyan: token("--brand"),
    white: token("--fg-2"),
    brightWhite: token("--fg"),
  };
}

function createResolver(): (colour: string) => string {
  const canvas = document.createElement("canvas");
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return (colour) => {
    if (!context) return colour;
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  };
}
