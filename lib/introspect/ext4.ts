/**
 * Folders and inodes of an ext4 (fs/ext4, Documentation/filesystems/ext4), out of the disk's blocks: what a folder holds does not
 * depend on what the kernel has in its caches of names. An inode that is in memory is read there, as it may be newer than its
 * block; attributes (xattr.c) are always in blocks. Neither encrypted folders nor such that lie within their inode are read.
 */
import type { KernelLayout } from "../protocol/layout.ts";
import type { DiskBlockReader } from "./disk-blocks.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

const MAX_TREE = 5;
const MAX_ENTRIES_A_NODE = 512;
/** Of folders, in one snapshot. */
const MAX_BLOCKS = 8_192;
const MAX_ATTRIBUTES = 64;
const MAX_ATTRIBUTE_NAME = 32;

/** An inode's block in RAM. */
export interface StoredInode {
  readonly at: number;
  readonly mode: number;
  readonly sizeBytes: number;
  /** Of i_block: the root of its extents, or a device's number. */
  readonly blocks: number;
}

export class Ext4Reader {
  private readonly fields;
  private readonly operations: number;
  private readonly blocks: DiskBlockReader;
  private blocksLeft = 0;

  constructor(layout: KernelLayout, memory: GuestMemory, blocks: DiskBlockReader) {
    this.blocks = blocks;
    this.operations = memory.offsetOf(symbolOf(layout, "ext4_sops"));
    this.fields = fieldsOf(layout, {
      ops: "super_block.s_op",
      info: "super_block.s_fs_info",
      inodesPerGroup: "ext4_sb_info.s_inodes_per_group",
      inodeSize: "ext4_sb_info.s_inode_size",
      descSize: "ext4_sb_info.s_desc_size",
      descPerBlock: "ext4_sb_info.s_desc_per_block",
      groups: "ext4_sb_info.s_groups_count",
      groupDesc: "ext4_sb_info.s_group_desc",
      bufferData: "buffer_head.b_data",
      inodeTable: "ext4_group_desc.bg_inode_table_lo",
      vfsInode: "ext4_inode_info.vfs_inode",
      data: "ext4_inode_info.i_data",
      stateFlags: "ext4_inode_info.i_state_flags",
      fileAcl: "ext4_inode_info.i_file_acl",
      hasAttributes: "EXT4_STATE_XATTR",
      mode: "ext4_inode.i_mode",
      size: "ext4_inode.i_size_lo",
      block: "ext4_inode.i_block",
      attributeBlock: "ext4_inode.i_file_acl_lo",
      extraSize: "ext4_inode.i_extra_isize",
      oldInodeSize: "EXT4_GOOD_OLD_INODE_SIZE",
      magic: "ext4_extent_header.eh_magic",
      entries: "ext4_extent_header.eh_entries",
      depth: "ext4_extent_header.eh_depth",
      headerSize: "sizeof(ext4_extent_header)",
      extentSize: "sizeof(ext4_extent)",
      extentLength: "ext4_extent.ee_len",
      extentStart: "ext4_extent.ee_start_lo",
      leaf: "ext4_extent_idx.ei_leaf_lo",
      extentMagic: "EXT4_EXT_MAGIC",
      entryInode: "ext4_dir_entry_2.inode",
      entryLength: "ext4_dir_entry_2.rec_len",
      nameLength: "ext4_dir_entry_2.name_len",
      name: "ext4_dir_entry_2.name",
      attributeHeader: "sizeof(ext4_xattr_header)",
      attributeNameLength: "ext4_xattr_entry.e_name_len",
      attributeIndex: "ext4_xattr_entry.e_name_index",
      attributeName: "ext4_xattr_entry.e_name",
      attributeMagic: "EXT4_XATTR_MAGIC",
      trusted: "EXT4_XATTR_INDEX_TRUSTED",
    });
  }

  /** Before a snapshot is read. */
  begin(): void {
    this.blocksLeft = MAX_BLOCKS;
  }

  isExt4(memory: GuestMemory, superBlock: number): boolean {
    return memory.pointer(superBlock + this.fields.ops) === this.operations;
  }

  /** Where the root of an inode's extents lies, of one that is in memory. */
  extentsOf(inode: number): number {
    return inode - this.fields.vfsInode + this.fields.data;
  }

  /** Whether an inode that is in memory has attributes, in its block or in one of their own. */
  hasAttributes(memory: GuestMemory, inode: number): boolean {
    const own = inode - this.fields.vfsInode;
    const flags = memory.i32(own + this.fields.stateFlags);
    return (flags & (1 << this.fields.hasAttributes)) !== 0 || memory.i32(own + this.fields.fileAcl) !== 0;
  }

  stored(memory: GuestMemory, superBlock: number, ino: number): StoredInode | null {
    const { fields } = this;
    const info = memory.pointer(superBlock + fields.info);
    const [perGroup, inodeSize] = [memory.u32(info + fields.inodesPerGroup), memory.u32(info + fields.inodeSize)];
    const size = this.blocks.blockSize(memory, superBlock);
    if (info === 0 || ino === 0 || perGroup === 0 || size === 0 || inodeSize < fields.oldInodeSize || inodeSize > size)
      return null;
    const table = this.inodeTable(memory, info, Math.floor((ino - 1) / perGroup));
    const byte = ((ino - 1) % perGroup) * inodeSize;
    const block = table === 0 ? 0 : this.blocks.find(memory, superBlock, table + Math.floor(byte / size));
    if (block === 0) return null;
    const at = block + (byte % size);
    return {
      at,
      mode: memory.u16(at + fields.mode),
      sizeBytes: memory.u32(at + fields.size),
      blocks: at + fields.block,
    };
  }

  /** First block of a group's inodes, from the descriptors that stay in memory while the file system is mounted. */
  private inodeTable(memory: GuestMemory, info: number, group: number): number {
    const { fields } = this;
    const perBlock = memory.u32(info + fields.descPerBlock);
    const buffers = memory.pointer(info + fields.groupDesc);
    if (buffers === 0 || perBlock === 0 || group >= memory.u32(info + fields.groups)) return 0;
    const buffer = memory.pointer(buffers + 4 * Math.floor(group / perBlock));
    const data = buffer === 0 ? 0 : memory.bytePointer(buffer + fields.bufferData);
    if (data === 0) return 0;
    return memory.u32(data + (group % perBlock) * memory.u32(info + fields.descSize) + fields.inodeTable);
  }

  /**
   * Visits the entries of a folder except "." and "..", names as bytes in RAM; false when a block is missing or broken, or when
   * `visit` says so. Inner blocks of a hashed folder look like ones without entries.
   */
  folder(
    memory: GuestMemory,
    superBlock: number,
    extents: number,
    visit: (nameAt: number, nameBytes: number, ino: number) => boolean,
  ): boolean {
    const size = this.blocks.blockSize(memory, superBlock);
    return this.eachBlock(memory, superBlock, extents, MAX_TREE, (block) => {
      const at = this.blocks.find(memory, superBlock, block);
      return at !== 0 && this.entriesOf(memory, at, size, visit);
    });
  }

  private entriesOf(
    memory: GuestMemory,
    block: number,
    size: number,
    visit: (nameAt: number, nameBytes: number, ino: number) => boolean,
  ): boolean {
    const { fields } = this;
    for (let offset = 0; offset + fields.name <= size; ) {
      const at = block + offset;
      const length = memory.u16(at + fields.entryLength);
      const nameBytes = memory.u8(at + fields.nameLength);
      if (length < fields.name + nameBytes || length % 4 !== 0 || offset + length > size) return false;
      const ino = memory.u32(at + fields.entryInode);
      const name = at + fields.name;
      if (ino !== 0 && nameBytes > 0 && !isDots(memory, name, nameBytes) && !visit(name, nameBytes, ino)) return false;
      offset += length;
    }
    return true;
  }

  private eachBlock(
    memory: GuestMemory,
    superBlock: number,
    node: number,
    depthBelow: number,
    visit: (block: number) => boolean,
  ): boolean {
    const { fields } = this;
    const depth = memory.u16(node + fields.depth);
    const count = memory.u16(node + fields.entries);
    const isNode = memory.u16(node + fields.magic) === (fields.extentMagic & 0xffff);
    if (!isNode || depth > depthBelow || count > MAX_ENTRIES_A_NODE || --this.blocksLeft < 0) return false;
    for (let index = 0; index < count; index++) {
      const at = node + fields.headerSize + index * fields.extentSize;
      if (depth > 0) {
        const below = this.blocks.find(memory, superBlock, memory.u32(at + fields.leaf));
        if (below === 0 || !this.eachBlock(memory, superBlock, below, depth - 1, visit)) return false;
        continue;
      }
      const start = memory.u32(at + fields.extentStart);
      // Above 32,768 an extent is one that has not been written.
      const length = Math.min(memory.u16(at + fields.extentLength), 32_768);
      for (let block = start; block < start + length; block++) if (--this.blocksLeft < 0 || !visit(block)) return false;
    }
    return true;
  }

  /** Names of the attributes of the class trusted, without the class: "overlay.origin". */
  trustedAttributes(memory: GuestMemory, superBlock: number, { at }: StoredInode): readonly string[] {
    const { fields } = this;
    const info = memory.pointer(superBlock + fields.info);
    const inodeSize = memory.u32(info + fields.inodeSize);
    const inside = fields.oldInodeSize + memory.u16(at + fields.extraSize);
    const names: string[] = [];
    if (inodeSize > fields.oldInodeSize && inside % 4 === 0 && inside + 8 <= inodeSize)
      this.addAttributes(memory, at + inside, 4, at + inodeSize, names);
    const block = memory.u32(at + fields.attributeBlock);
    const outside = block === 0 ? 0 : this.blocks.find(memory, superBlock, block);
    if (outside !== 0)
      this.addAttributes(
        memory,
        outside,
        fields.attributeHeader,
        outside + this.blocks.blockSize(memory, superBlock),
        names,
      );
    return names;
  }

  private addAttributes(memory: GuestMemory, header: number, headerBytes: number, end: number, names: string[]): void {
    const { fields } = this;
    if (memory.i32(header) !== fields.attributeMagic) return;
    let at = header + headerBytes;
    for (let count = 0; count < MAX_ATTRIBUTES && at + fields.attributeName <= end && memory.i32(at) !== 0; count++) {
      const length = memory.u8(at + fields.attributeNameLength);
      if (memory.u8(at + fields.attributeIndex) === fields.trusted && length <= MAX_ATTRIBUTE_NAME)
        names.push(memory.text(at + fields.attributeName, length));
      at += (fields.attributeName + length + 3) & ~3;
    }
  }
}

const DOT = 0x2e;

function isDots(memory: GuestMemory, at: number, bytes: number): boolean {
  return bytes <= 2 && memory.u8(at) === DOT && (bytes === 1 || memory.u8(at + 1) === DOT);
}
