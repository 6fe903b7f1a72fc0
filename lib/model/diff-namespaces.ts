/** Namespaces that came and went, and hostnames that changed. */
import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { KernelSnapshot, Namespace } from "../protocol/kernel-snapshot.ts";

export interface EventStamp {
  readonly atNs: number;
  readonly sequence: number;
}

/** Inode numbers are unique over all types (one ida gives them out). */
export function diffNamespaces(
  previous: KernelSnapshot,
  next: KernelSnapshot,
  stamp: EventStamp,
): { readonly appeared: KernelEvent[]; readonly gone: KernelEvent[] } {
  const before = new Map(previous.namespaces.map((namespace) => [namespace.inode, namespace]));
  const appeared: KernelEvent[] = [];
  const gone: KernelEvent[] = [];
  for (const namespace of next.namespaces) {
    const { type, inode } = namespace;
    const earlier = before.get(inode);
    if (earlier?.type === type) {
      before.delete(inode);
      appeared.push(...renamed(earlier, namespace, stamp));
    } else appeared.push({ ...stamp, kind: "namespace-new", type, inode });
  }
  for (const { type, inode } of before.values()) gone.push({ ...stamp, kind: "namespace-gone", type, inode });
  return { appeared, gone };
}

function renamed(earlier: Namespace, later: Namespace, stamp: EventStamp): KernelEvent[] {
  if (earlier.hostname === later.hostname || earlier.hostname === null || later.hostname === null) return [];
  return [{ ...stamp, kind: "hostname", inode: later.inode, from: earlier.hostname, to: later.hostname }];
}
