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
import { BriefTaskReader } from "./brief-tasks.ts";
import { CgroupReader } from "./cgroups.ts";
import { DentryReader } from "./dentries.ts";
import { DiskBlockReader } from "./disk-blocks.ts";
import { Ext4Reader } from "./ext4.ts";
import { symbolOf } from "./fields.ts";
import { GuestMemory } from "./guest-memory.ts";
import { InodeCache } from "./inode-cache.ts";
import { IpcReader } from "./ipc.ts";
import { KeeperCollector } from "./keepers.ts";
import { KnownPaths } from "./known-paths.ts";
import { MountReader } from "./mounts.ts";
import { NamespaceReader } from "./namespaces.ts";
import { NetDeviceReader } from "./net-devices.ts";
import { NftablesReader } from "./nftables.ts";
import { NsfsReader } from "./nsfs.ts";
import { OpenFilesReader } from "./open-files.ts";
import { OverlayReader } from "./overlays.ts";
import { PasserReader } from "./passers.ts";
import { PathReader } from "./paths.ts";
import { Probe } from "./probe.ts";
import { RouteReader } from "./routes.ts";
import { SocketReader } from "./sockets.ts";
import { TaskReader } from "./tasks.ts";
import { TimeReader } from "./time.ts";
import { UpperFilesReader } from "./upper-files.ts";
import { WatchedWords } from "./watched-words.ts";

export interface Introspector {
  /** Whether something happened since the last call or snapshot that calls for a new one; some microseconds at most. */
  changed(ram: Uint8Array): boolean;
  /** Never throws on what the guest holds; what is not credible is left out and counted in `dropped`. */
  snapshot(ram: Uint8Array): KernelSnapshot;
}

/** Throws where the layout lacks a name (page and image do not belong together). `memory` is for tests that watch it. */
export function createIntrospector(layout: KernelLayout, memory: GuestMemory = new GuestMemory()): Introspector {
  const words = new WatchedWords();
  const time = new TimeReader(layout, memory);
  const dentries = new DentryReader(layout);
  const paths = new KnownPaths(new PathReader(layout, dentries));
  const namespaces = new NamespaceReader(layout, memory, new IpcReader(layout, dentries), words);
  const nsfs = new NsfsReader(layout, memory);
  const openFiles = new OpenFilesReader(layout, memory);
  const keepers = new KeeperCollector();
  const cgroupReader = new CgroupReader(layout, memory, words);
  const taskReader = new TaskReader(layout, memory, namespaces, cgroupReader, paths);
  const mountReader = new MountReader(layout, memory, dentries);
  const ext4 = new Ext4Reader(layout, memory, new DiskBlockReader(layout, memory));
  const upperFiles = new UpperFilesReader(layout, dentries, ext4, new InodeCache(layout, memory));
  const overlayReader = new OverlayReader(layout, upperFiles, mountReader.options);
  const deviceReader = new NetDeviceReader(layout, memory, words);
  const socketReader = new SocketReader(layout);
  const routeReader = new RouteReader(layout);
  const nftReader = new NftablesReader(layout, memory);
  const briefReader = new BriefTaskReader(layout, taskReader.fields, namespaces, cgroupReader);
  const passers = new PasserReader(layout, memory, taskReader, briefReader);
  const probe = new Probe(layout, memory, taskReader, words, passers);
  const totalForks = memory.offsetOf(symbolOf(layout, "total_forks"));
  let sequence = 0;

  const collectKeepers = (): void => {
    keepers.begin();
    taskReader.addKeepers(keepers);
    for (const { held, namespace, mountPoint } of mountReader.namespaceMounts)
      keepers.add(held, "mounts", { namespace, mountPoint });
    for (const [inode, holders] of openFiles.namespaceFiles) {
      const held = nsfs.register(memory, inode, namespaces);
      if (held !== null) for (const holder of holders) keepers.add(held, "fds", holder);
    }
  };

  return {
    changed(ram) {
      memory.attach(ram);
      return probe.changed(memory);
    },
    snapshot(ram) {
      memory.attach(ram);
      sequence++;
      words.begin();
      paths.begin();
      namespaces.begin(sequence);
      cgroupReader.walk(memory, sequence);
      const tasks = taskReader.read(memory, sequence);
      const cgroups = cgroupReader.finish(memory);
      openFiles.read(memory, taskReader);
      for (const inode of openFiles.namespaceFiles.keys()) nsfs.register(memory, inode, namespaces);
      const mounts = mountReader.read(
        memory,
        () => namespaces.of("mnt"),
        (inode) => nsfs.register(memory, inode, namespaces),
      );
      namespaces.listNetworks(memory);
      const networks = namespaces.of("net");
      const netDevices = deviceReader.read(memory, networks);
      const overlays = overlayReader.read(memory, mountReader.superBlocks);
      collectKeepers();
      const named = namespaces.all(keepers);
      probe.update(memory);
      const dropped = tasks.dropped + cgroups.dropped + named.dropped + mountReader.dropped + deviceReader.dropped;
      return {
        sequence,
        guestTimeNs: time.boottimeNs(memory),
        tasks: tasks.tasks,
        passed: passers.take(tasks.tasks, memory),
        namespaces: named.namespaces,
        cgroups: cgroups.cgroups,
        mounts,
        overlays,
        netDevices,
        sockets: socketReader.read(memory, openFiles.sockets),
        routes: routeReader.read(memory, networks),
        nftChains: nftReader.read(memory, networks),
        totalForks: memory.u32(totalForks),
        dropped,
      };
    },
  };
}
