import styles from "./poster.module.css";

/** The product's picture without figures: a world in a world, one process that stands in both, water up to a line. */
export function PosterPanes() {
  return (
    <svg className={styles.panes} viewBox="0 0 420 420" fill="none" aria-hidden="true">
      <defs>
        <linearGradient id="poster-water" x1="0" y1="0" x2="0" y2="1">
          <stop stopColor="var(--brand)" stopOpacity=".36" />
          <stop offset="1" stopColor="var(--brand)" stopOpacity=".06" />
        </linearGradient>
        <linearGradient id="poster-glass" x1="0" y1="0" x2="0.4" y2="1">
          <stop stopColor="var(--glass-hi)" />
          <stop offset="1" stopColor="var(--glass-b)" />
        </linearGradient>
        <clipPath id="poster-inner">
          <rect x="150" y="128" width="216" height="246" rx="20" />
        </clipPath>
      </defs>
      <rect x="24" y="36" width="372" height="368" rx="28" fill="url(#poster-glass)" stroke="var(--line-3)" />
      <g fill="var(--bg-4)" stroke="var(--line-3)">
        <rect x="52" y="64" width="66" height="30" rx="8" />
        <rect x="128" y="64" width="88" height="30" rx="8" />
        <rect x="226" y="64" width="58" height="30" rx="8" />
        <rect x="52" y="150" width="70" height="30" rx="8" opacity=".7" />
        <rect x="52" y="190" width="54" height="30" rx="8" opacity=".4" />
      </g>
      <rect x="150" y="128" width="216" height="246" rx="20" fill="url(#poster-glass)" stroke="var(--brand)" />
      <g clipPath="url(#poster-inner)">
        <path
          d="M150 282c27-12 54-12 81 0s54 12 81 0 54-12 81 0v110H150Z"
          fill="url(#poster-water)"
          stroke="var(--brand)"
          strokeOpacity=".6"
        />
        <path d="M150 232h216" stroke="var(--fg-3)" strokeDasharray="4 6" />
      </g>
      <g>
        <rect x="172" y="152" width="104" height="36" rx="9" fill="var(--bg-3)" stroke="var(--brand)" />
        <rect x="183" y="164" width="9" height="12" rx="2" fill="var(--brand)" />
        <rect x="200" y="165" width="38" height="10" rx="3" fill="var(--fg)" opacity=".85" />
        <rect x="246" y="166" width="20" height="8" rx="3" fill="var(--fg-4)" />
      </g>
    </svg>
  );
}
