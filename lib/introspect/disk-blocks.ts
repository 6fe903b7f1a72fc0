/**
 * Blocks of the RAM disk that a file system is mounted from, as a read(2) of the device would have them: from the device's page
 * cache where that is up to date (mm/filemap.c, fs/buffer.c), otherwise from the disk's own pages (drivers/block/brd.c). Both lie in
 * guest RAM. Of other block devices only what is cached can be read.
 */
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";
import { XarrayReader } from "./xarray.ts";

export class DiskBlockReader {
  private readonly fields;
  private readonly xarray: XarrayReader;
  private readonly memMap: number;
  private readonly brdFops: number;

  constructor(layout: KernelLayout, memory: GuestMemory) {
    this.xarray = new XarrayReader(layout);
    this.memMap = memory.offsetOf(symbolOf(layout, "mem_map"));
    this.brdFops = memory.offsetOf(symbolOf(layout, "brd_fops"));
    this.fields = fieldsOf(layout, {
      bdev: "super_block.s_bdev",
      blockSize: "super_block.s_blocksize",
      bdInode: "block_device.bd_inode",
      bdDisk: "block_device.bd_disk",
      fops: "gendisk.fops",
      privateData: "gendisk.private_data",
      brdPages: "brd_device.brd_pages.xa_head",
      mapping: "inode.i_mapping",
      pages: "address_space.i_pages.xa_head",
      pageStruct: "sizeof(page)",
      pageFlags: "page.flags",
      pagePrivate: "page.private",
      pageUptodate: "PG_uptodate",
      hasPrivate: "PG_private",
      bufferState: "buffer_head.b_state",
      nextBuffer: "buffer_head.b_this_page",
      bufferUptodate: "BH_Uptodate",
      pageSize: "PAGE_SIZE",
    });
  }

  /** From 1,024 to a page; 0 where the super block cannot be believed. */
  blockSize(memory: GuestMemory, superBlock: number): number {
    const { blockSize, pageSize } = this.fields;
    const bytes = memory.u32(superBlock + blockSize);
    return bytes >= 1_024 && bytes <= pageSize && (bytes & (bytes - 1)) === 0 ? bytes : 0;
  }

  /** Where in RAM a block's bytes lie; 0 where they are not in RAM or were never written. */
  find(memory: GuestMemory, superBlock: number, block: number): number {
    const { fields } = this;
    const size = this.blockSize(memory, superBlock);
    const device = memory.pointer(superBlock + fields.bdev);
    if (size === 0 || device === 0) return 0;
    const index = Math.floor((block * size) / fields.pageSize);
    const within = (block * size) % fields.pageSize;
    const inode = memory.pointer(device + fields.bdInode);
    const mapping = inode === 0 ? 0 : memory.pointer(inode + fields.mapping);
    const cached = mapping === 0 ? 0 : this.xarray.find(memory, mapping + fields.pages, index);
    const page =
      cached !== 0 && this.isUptodate(memory, cached, within / size) ? cached : this.onDisk(memory, device, index);
    const bytes = page === 0 ? 0 : this.bytesOf(memory, page);
    return bytes === 0 ? 0 : bytes + within;
  }

  /** A page smaller parts of which were read has buffers, in a ring, that say which. */
  private isUptodate(memory: GuestMemory, page: number, part: number): boolean {
    const { fields } = this;
    const flags = memory.i32(page + fields.pageFlags);
    if (flags & (1 << fields.pageUptodate)) return true;
    if ((flags & (1 << fields.hasPrivate)) === 0) return false;
    let buffer = memory.pointer(page + fields.pagePrivate);
    for (let index = 0; index < part; index++) buffer = memory.pointer(buffer + fields.nextBuffer);
    return buffer !== 0 && (memory.i32(buffer + fields.bufferState) & (1 << fields.bufferUptodate)) !== 0;
  }

  private onDisk(memory: GuestMemory, device: number, index: number): number {
    const { fields } = this;
    const disk = memory.pointer(device + fields.bdDisk);
    if (disk === 0 || memory.pointer(disk + fields.fops) !== this.brdFops) return 0;
    const ramDisk = memory.pointer(disk + fields.privateData);
    return ramDisk === 0 ? 0 : this.xarray.find(memory, ramDisk + fields.brdPages, index);
  }

  /** FLATMEM: page structures lie in one array, in the order of the page frames. */
  private bytesOf(memory: GuestMemory, page: number): number {
    const { pageStruct, pageSize } = this.fields;
    const first = memory.pointer(this.memMap);
    const frame = (page - first) / pageStruct;
    return first !== 0 && frame > 0 && Number.isInteger(frame) ? frame * pageSize : 0;
  }
}
