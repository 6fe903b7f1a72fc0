import type { LabPanel } from "../../embed/src/lab.ts";
import type { Language } from "../text/language.ts";
import { useText } from "../text/text-context.tsx";
import { Icon, Logo } from "../ui/icons.tsx";
import { BootPill } from "../workbench/boot-pill.tsx";
import { useSession } from "../workbench/session-context.tsx";
import styles from "./embed-lab.module.css";
import { embedText } from "./text.ts";

interface BarProps {
  readonly language: Language;
  readonly slug: string | null;
  /** What can be chosen; with one there is nothing to choose. */
  readonly panels: readonly LabPanel[];
  readonly panel: LabPanel;
  readonly onPanel: (panel: LabPanel) => void;
}

const BASE_PATH = process.env.NEXT_PUBLIC_BASE_PATH ?? "";

export function EmbedBar({ language, slug, panels, panel, onPanel }: BarProps) {
  const text = useText();
  const session = useSession();
  const words = embedText(language);
  const full = `${BASE_PATH}/${language}/${slug ? `lessons/${slug}/` : ""}`;
  return (
    <div className={styles.bar}>
      <a className={styles.brand} href={full} target="_blank" rel="noopener" title={words.open}>
        <Logo size={18} />
        <span>Glassbox</span>
      </a>
      <BootPill />
      <button type="button" className={styles.reset} title={text.header.resetTitle} onClick={() => session.reset()}>
        <Icon name="reset" size={14} />
        <span>{text.header.reset}</span>
      </button>
      {panels.length > 1 && (
        <label className={styles.choose}>
          <span className="visually-hidden">{text.tabs.label}</span>
          <select value={panel} onChange={(event) => onPanel(event.target.value as LabPanel)}>
            {panels.map((name) => (
              <option key={name} value={name}>
                {text.tabs[name]}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}
