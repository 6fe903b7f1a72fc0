import type { ReactNode } from "react";
import styles from "./empty-note.module.css";

export function EmptyNote({ children }: { readonly children: ReactNode }) {
  return <p className={styles.note}>{children}</p>;
}
