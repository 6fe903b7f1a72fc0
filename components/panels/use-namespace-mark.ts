import { relatedTo } from "../../lib/model/related.ts";
import type { NamespaceType } from "../../lib/protocol/kernel-snapshot.ts";
import { toggleSelection } from "../../lib/stores/selection-store.ts";
import { useKernel, useSelection, useSession } from "../workbench/session-context.tsx";
import { namespaceSource } from "./value-sources.ts";

export interface NamespaceMark {
  readonly selected: boolean;
  /** Whether it is a namespace of what is selected, here or elsewhere. */
  readonly lit: boolean;
  /** Selects it, or no longer, and says where its number comes from. */
  pick(): void;
}

/** A namespace as a mark on a panel: `inode` null where it has been let go; `pid` is of a process that lives in it. */
export function useNamespaceMark(type: NamespaceType, inode: number | null, pid: number): NamespaceMark {
  const { selection } = useSession();
  const current = useSelection((state) => state.selected);
  const lit = useKernel(({ snapshot }) => inode !== null && relatedTo(snapshot, current).namespaces.has(inode));
  return {
    selected: inode !== null && current?.kind === "namespace" && current.inode === inode,
    lit,
    pick() {
      if (inode !== null) toggleSelection(selection, { kind: "namespace", type, inode });
      selection.setState({ source: namespaceSource(pid, type, inode) });
    },
  };
}
