/**
 * The options of a super block as the end of a mountinfo line has them (show_sb_opts in fs/proc_namespace.c), then those of the
 * file systems that containers are made of: overlay (ovl_show_options) and tmpfs (shmem_show_options). What other file systems
 * add is not read.
 */
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

/** Mount options are at most a page. */
const MAX_OPTION_BYTES = 4_096;
const STICKY_ALL = 0o1777;

export interface OverlayDirs {
  readonly lowerdir: string;
  readonly upperdir: string | null;
  readonly workdir: string | null;
}

export class SuperOptionsReader {
  private readonly fields;
  private readonly flags: readonly (readonly [flag: number, name: string])[];
  private readonly overlayOps: number;
  private readonly tmpfsOps: number;
  private readonly totalPages: number;

  constructor(layout: KernelLayout, memory: GuestMemory) {
    this.fields = fieldsOf(layout, {
      flags: "super_block.s_flags",
      ops: "super_block.s_op",
      info: "super_block.s_fs_info",
      lowerdir: "ovl_fs.config.lowerdir",
      upperdir: "ovl_fs.config.upperdir",
      workdir: "ovl_fs.config.workdir",
      maxBlocks: "shmem_sb_info.max_blocks",
      maxInodes: "shmem_sb_info.max_inodes",
      mode: "shmem_sb_info.mode",
      uid: "shmem_sb_info.uid",
      gid: "shmem_sb_info.gid",
      readOnly: "SB_RDONLY",
      sync: "SB_SYNCHRONOUS",
      dirsync: "SB_DIRSYNC",
      mand: "SB_MANDLOCK",
      lazytime: "SB_LAZYTIME",
      pageSize: "PAGE_SIZE",
    });
    const { sync, dirsync, mand, lazytime } = this.fields;
    this.flags = [
      [sync, ",sync"],
      [dirsync, ",dirsync"],
      [mand, ",mand"],
      [lazytime, ",lazytime"],
    ];
    this.overlayOps = memory.offsetOf(symbolOf(layout, "ovl_super_operations"));
    this.tmpfsOps = memory.offsetOf(symbolOf(layout, "shmem_ops"));
    this.totalPages = memory.offsetOf(symbolOf(layout, "_totalram_pages"));
  }

  read(memory: GuestMemory, superBlock: number): string {
    const { fields } = this;
    const flags = memory.i32(superBlock + fields.flags);
    let options = flags & fields.readOnly ? "ro" : "rw";
    for (const [flag, name] of this.flags) if (flags & flag) options += name;
    const overlay = this.overlay(memory, superBlock);
    if (overlay) return options + overlayOptions(overlay);
    if (memory.pointer(superBlock + fields.ops) !== this.tmpfsOps) return options;
    return options + this.tmpfs(memory, memory.pointer(superBlock + fields.info));
  }

  isOverlay(memory: GuestMemory, superBlock: number): boolean {
    return memory.pointer(superBlock + this.fields.ops) === this.overlayOps;
  }

  /** Null where the super block is no overlay's. */
  overlay(memory: GuestMemory, superBlock: number): OverlayDirs | null {
    const { fields } = this;
    if (!this.isOverlay(memory, superBlock)) return null;
    const info = memory.pointer(superBlock + fields.info);
    if (info === 0) return null;
    const text = (field: number): string | null => {
      const at = memory.bytePointer(info + field);
      return at === 0 ? null : memory.text(at, MAX_OPTION_BYTES);
    };
    return {
      lowerdir: text(fields.lowerdir) ?? "",
      upperdir: text(fields.upperdir),
      workdir: text(fields.workdir),
    };
  }

  private tmpfs(memory: GuestMemory, info: number): string {
    if (info === 0) return "";
    const { fields } = this;
    const defaultMax = Math.floor(memory.u32(this.totalPages) / 2);
    const blocks = memory.u32(info + fields.maxBlocks);
    const inodes = memory.u32(info + fields.maxInodes);
    const mode = memory.u16(info + fields.mode);
    const [uid, gid] = [memory.u32(info + fields.uid), memory.u32(info + fields.gid)];
    let options = "";
    if (blocks !== defaultMax) options += `,size=${(blocks * fields.pageSize) / 1_024}k`;
    if (inodes !== defaultMax) options += `,nr_inodes=${inodes}`;
    if (mode !== STICKY_ALL) options += `,mode=${mode.toString(8).padStart(3, "0")}`;
    if (uid !== 0) options += `,uid=${uid}`;
    if (gid !== 0) options += `,gid=${gid}`;
    return options;
  }
}

function overlayOptions({ lowerdir, upperdir, workdir }: OverlayDirs): string {
  const upper = upperdir === null ? "" : `,upperdir=${upperdir},workdir=${workdir ?? ""}`;
  return `,lowerdir=${lowerdir}${upper}`;
}
