/** Line icons on a 16 px grid, drawn in the text's colour; always beside a label or under an aria-label. */
const PATHS = {
  dark: "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z",
  light:
    "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M13 3l-1.2 1.2M4.2 11.8 3 13",
  system: "M2 3h12v8H2ZM6 14h4M8 11v3",
  reset: "M3 8a5 5 0 1 0 1.6-3.7M3 2.6v2.6h2.6",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3.2 12.4 8 5 12.8Z",
  close: "M4 4l8 8M12 4l-8 8",
  enter: "M12.5 4v4.5h-9M6 6 3.5 8.5 6 11",
  reader: "M8 2.2a1.2 1.2 0 1 1 0 2.4 1.2 1.2 0 0 1 0-2.4ZM3 6.2l5 .8 5-.8M8 7v3M6.2 14 8 10l1.8 4",
  enlarge: "M9.5 3H13v3.5M13 3 9 7M6.5 13H3V9.5M3 13l4-4",
  shrink: "M12.5 7H9V3.5M9 7l4-4M3.5 9H7v3.5M7 9l-4 4",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  edit: "M10.5 3 13 5.5 6 12.5 3 13l.5-3ZM9 4.5 11.5 7",
  down: "M4 6l4 4 4-4",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark: a box of glass, half full, with one process in it. */
export function Logo({ size = 20 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" aria-hidden="true">
      <path
        d="M2.5 11.5c2.5-1.2 5-1.2 7.5 0s5 1.2 7.5 0V16a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2Z"
        fill="var(--brand)"
        fillOpacity=".38"
      />
      <rect x="1.75" y="1.75" width="16.5" height="16.5" rx="4" stroke="var(--brand)" strokeWidth="1.5" />
      <circle cx="13.4" cy="6.4" r="2" fill="var(--fg)" />
    </svg>
  );
}
