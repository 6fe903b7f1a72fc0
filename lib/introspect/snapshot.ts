/**
 * Introspection as its users see it: the guest's RAM in, a KernelSnapshot out. Pure; knows no emulator and no DOM.
 *
 *   const introspector = createIntrospector(layout);
 *   if (introspector.changed(ram)) use(introspector.snapshot(ram));
 *
 * Call it only between two slices of emulation, with a view on RAM that is alive. The guest's kernel may be in the
 * middle of anything then: lists are walked forwards only, in which direction list_add and list_del keep them whole at
 * every instruction. One introspector belongs to one machine; after a restore make a new one.
 */
import type { KernelSnapshot } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { CgroupReader } from "./cgroups.ts";
import { symbolOf } from "./fields.ts";
import { GuestMemory } from "./guest-memory.ts";
import { NamespaceReader } from "./namespaces.ts";
import { Probe } from "./probe.ts";
import { TaskReader } from "./tasks.ts";
import { TimeReader } from "./time.ts";
import { UNREAD_SNAPSHOT } from "./unread.ts";

export interface Introspector {
  /** Whether something happened since the last call or snapshot that calls for a new one; some microseconds at most. */
  changed(ram: Uint8Array): boolean;
  /** Never throws on what the guest holds; what is not credible is left out and counted in `dropped`. */
  snapshot(ram: Uint8Array): KernelSnapshot;
}

/** Throws where the layout lacks a name (page and image do not belong together). `memory` is for tests that watch it. */
export function createIntrospector(layout: KernelLayout, memory: GuestMemory = new GuestMemory()): Introspector {
  const time = new TimeReader(layout, memory);
  const namespaceReader = new NamespaceReader(layout, memory);
  const cgroupReader = new CgroupReader(layout, memory);
  const taskReader = new TaskReader(layout, memory, namespaceReader, cgroupReader);
  const probe = new Probe(layout, memory, taskReader);
  const totalForks = memory.offsetOf(symbolOf(layout, "total_forks"));
  let sequence = 0;
  return {
    changed(ram) {
      memory.attach(ram);
      return probe.changed(memory);
    },
    snapshot(ram) {
      memory.attach(ram);
      sequence++;
      namespaceReader.begin(sequence);
      cgroupReader.walk(memory, sequence);
      const { tasks, dropped: droppedTasks } = taskReader.read(memory, sequence);
      const { cgroups, dropped: droppedCgroups } = cgroupReader.finish(memory);
      const { namespaces, dropped: droppedNamespaces } = namespaceReader.all(memory);
      probe.update(memory);
      return {
        sequence,
        guestTimeNs: time.boottimeNs(memory),
        tasks,
        namespaces,
        cgroups,
        ...UNREAD_SNAPSHOT,
        totalForks: memory.u32(totalForks),
        dropped: droppedTasks + droppedCgroups + droppedNamespaces,
      };
    },
  };
}
