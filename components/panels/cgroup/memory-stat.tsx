"use client";

import type { CSSProperties } from "react";
import type { Cgroup, CgroupMemory } from "../../../lib/protocol/kernel-snapshot.ts";
import { useText } from "../../text/text-context.tsx";
import { formatBytes } from "../../ui/format.ts";
import { Sourced } from "../sourced.tsx";
import { cgroupSource } from "../value-sources.ts";
import styles from "./cgroup.module.css";

/** What the memory is: memory.stat's parts, side by side. `file` counts shmem too, so it stands without it here. */
export function MemoryStat({ cgroup, figures }: { readonly cgroup: Cgroup; readonly figures: CgroupMemory }) {
  const text = useText();
  const { anon, file, shmem, kernel, sock } = figures.stat;
  const parts = [
    ["anon", anon],
    ["file", Math.max(0, file - shmem)],
    ["shmem", shmem],
    ["kernel", kernel],
    ["sock", sock],
  ] as const;
  const total = parts.reduce((sum, [, bytes]) => sum + bytes, 0);
  if (total === 0) return null;
  const present = parts.filter(([, bytes]) => bytes > 0);
  return (
    <>
      <div className={styles.stack} aria-hidden="true">
        {present.map(([part, bytes]) => (
          <i key={part} data-part={part} style={{ "--share": (bytes / total).toFixed(4) } as CSSProperties} />
        ))}
      </div>
      <ul className={styles.marks} aria-label={text.cgroup.parts}>
        {present.map(([part, bytes]) => (
          <li key={part} data-part={part}>
            <Sourced source={cgroupSource(cgroup, "memory.stat", `${part} ${bytes}`)}>
              {part} {formatBytes(bytes)}
            </Sourced>
          </li>
        ))}
      </ul>
    </>
  );
}
