/*
 * Files: dentries, inodes, super blocks, mounts, open files, and the file systems that introspection looks into (overlayfs,
 * tmpfs, nsfs, ext4 on the RAM disk).
 */
#include <linux/blkdev.h>
#include <linux/buffer_head.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/mnt_namespace.h>
#include <linux/shmem_fs.h>
#include "fs/ext4/ext4.h"
#include "fs/ext4/ext4_extents.h"
#include "fs/ext4/xattr.h"
#include "fs/mount.h"
#include "fs/overlayfs/overlayfs.h"
#include "layout.h"

/* drivers/block/brd.c */
struct brd_device {
	int brd_number;
	struct gendisk *brd_disk;
	struct list_head brd_list;
	spinlock_t brd_lock;
	struct radix_tree_root brd_pages;
	u64 brd_nr_pages;
};

void dentries(void);
void mounts(void);
void overlays(void);
void disks(void);
void ext4(void);

void dentries(void)
{
	FIELD(dentry, d_parent);
	FIELD(dentry, d_name.name);
	FIELD(dentry, d_name.len);
	FIELD(dentry, d_inode);
	FIELD(dentry, d_fsdata);
	FIELD(dentry, d_child);
	FIELD(dentry, d_subdirs);
	FIELD(dentry, d_hash);
	FIELD(inode, i_mode);
	FIELD(inode, i_ino);
	FIELD(inode, i_size);
	FIELD(inode, i_rdev);
	FIELD(inode, i_sb);
	FIELD(inode, i_private);
	FIELD(inode, i_state);
	FIELD(inode, i_hash);
	FIELD(inode, i_mapping);
	CONSTANT(I_NEW);
	CONSTANT(L1_CACHE_BYTES);
	FIELD(super_block, s_dev);
	FIELD(super_block, s_flags);
	FIELD(super_block, s_type);
	FIELD(super_block, s_subtype);
	FIELD(super_block, s_root);
	FIELD(super_block, s_fs_info);
	FIELD(super_block, s_op);
	FIELD(super_block, s_bdev);
	FIELD(super_block, s_blocksize);
	FIELD(file_system_type, name);
	FIELD(file, f_path.mnt);
	FIELD(file, f_path.dentry);
	FIELD(file, f_inode);
	FIELD(fs_struct, root.mnt);
	FIELD(fs_struct, root.dentry);
	FIELD(fs_struct, pwd.mnt);
	FIELD(fs_struct, pwd.dentry);
	FIELD(files_struct, fdt);
	FIELD(fdtable, max_fds);
	FIELD(fdtable, fd);
	FIELD(fdtable, open_fds);
	CONSTANT(SB_RDONLY);
	CONSTANT(SB_SYNCHRONOUS);
	CONSTANT(SB_DIRSYNC);
	CONSTANT(SB_MANDLOCK);
	CONSTANT(SB_LAZYTIME);
	FIELD(shmem_sb_info, max_blocks);
	FIELD(shmem_sb_info, max_inodes);
	FIELD(shmem_sb_info, mode);
	FIELD(shmem_sb_info, uid);
	FIELD(shmem_sb_info, gid);
}

void mounts(void)
{
	FIELD(mount, mnt_parent);
	FIELD(mount, mnt_mountpoint);
	FIELD(mount, mnt);
	FIELD(mount, mnt.mnt_root);
	FIELD(mount, mnt.mnt_sb);
	FIELD(mount, mnt.mnt_flags);
	FIELD(mount, mnt_devname);
	FIELD(mount, mnt_list);
	FIELD(mount, mnt_share);
	FIELD(mount, mnt_master);
	FIELD(mount, mnt_ns);
	FIELD(mount, mnt_id);
	FIELD(mount, mnt_group_id);
	FIELD(vfsmount, mnt_sb);
	FIELD(vfsmount, mnt_root);
	FIELD(mnt_namespace, list);
	CONSTANT(MNT_NOSUID);
	CONSTANT(MNT_NODEV);
	CONSTANT(MNT_NOEXEC);
	CONSTANT(MNT_NOATIME);
	CONSTANT(MNT_NODIRATIME);
	CONSTANT(MNT_RELATIME);
	CONSTANT(MNT_READONLY);
	CONSTANT(MNT_NOSYMFOLLOW);
	CONSTANT(MNT_SHARED);
	CONSTANT(MNT_UNBINDABLE);
	CONSTANT(MNT_CURSOR);
}

void overlays(void)
{
	FIELD(ovl_fs, config.lowerdir);
	FIELD(ovl_fs, config.upperdir);
	FIELD(ovl_fs, config.workdir);
	FIELD(ovl_inode, vfs_inode);
	FIELD(ovl_inode, __upperdentry);
	FIELD(ovl_entry, flags);
	FIELD(ovl_entry, numlower);
	CONSTANT(OVL_E_OPAQUE);
}

/* The RAM disk's contents: what of it is in the page cache, and the pages of the disk itself. */
void disks(void)
{
	FIELD(block_device, bd_inode);
	FIELD(block_device, bd_disk);
	FIELD(gendisk, fops);
	FIELD(gendisk, private_data);
	FIELD(brd_device, brd_pages.xa_head);
	FIELD(address_space, i_pages.xa_head);
	SIZE(page);
	FIELD(page, flags);
	FIELD(page, private);
	CONSTANT(PG_uptodate);
	CONSTANT(PG_private);
	FIELD(buffer_head, b_state);
	FIELD(buffer_head, b_this_page);
	FIELD(buffer_head, b_data);
	CONSTANT(BH_Uptodate);
}

void ext4(void)
{
	FIELD(ext4_sb_info, s_inodes_per_group);
	FIELD(ext4_sb_info, s_inode_size);
	FIELD(ext4_sb_info, s_desc_size);
	FIELD(ext4_sb_info, s_desc_per_block);
	FIELD(ext4_sb_info, s_groups_count);
	FIELD(ext4_sb_info, s_group_desc);
	FIELD(ext4_group_desc, bg_inode_table_lo);
	FIELD(ext4_inode_info, vfs_inode);
	FIELD(ext4_inode_info, i_data);
	FIELD(ext4_inode_info, i_state_flags);
	FIELD(ext4_inode_info, i_file_acl);
	CONSTANT(EXT4_STATE_XATTR);
	FIELD(ext4_inode, i_mode);
	FIELD(ext4_inode, i_size_lo);
	FIELD(ext4_inode, i_block);
	FIELD(ext4_inode, i_file_acl_lo);
	FIELD(ext4_inode, i_extra_isize);
	CONSTANT(EXT4_GOOD_OLD_INODE_SIZE);
	FIELD(ext4_extent_header, eh_magic);
	FIELD(ext4_extent_header, eh_entries);
	FIELD(ext4_extent_header, eh_depth);
	SIZE(ext4_extent_header);
	SIZE(ext4_extent);
	FIELD(ext4_extent, ee_block);
	FIELD(ext4_extent, ee_len);
	FIELD(ext4_extent, ee_start_lo);
	FIELD(ext4_extent_idx, ei_leaf_lo);
	CONSTANT(EXT4_EXT_MAGIC);
	FIELD(ext4_dir_entry_2, inode);
	FIELD(ext4_dir_entry_2, rec_len);
	FIELD(ext4_dir_entry_2, name_len);
	FIELD(ext4_dir_entry_2, name);
	SIZE(ext4_xattr_header);
	FIELD(ext4_xattr_entry, e_name_len);
	FIELD(ext4_xattr_entry, e_name_index);
	FIELD(ext4_xattr_entry, e_value_size);
	FIELD(ext4_xattr_entry, e_name);
	CONSTANT(EXT4_XATTR_MAGIC);
	CONSTANT(EXT4_XATTR_INDEX_TRUSTED);
}
