/*
 * Files: dentries, inodes, super blocks, mounts, open files, and the file systems that introspection looks into (overlayfs,
 * tmpfs, nsfs).
 */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/mnt_namespace.h>
#include <linux/shmem_fs.h>
#include "fs/mount.h"
#include "fs/overlayfs/overlayfs.h"
#include "layout.h"

void dentries(void);
void mounts(void);
void overlays(void);

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
	FIELD(super_block, s_dev);
	FIELD(super_block, s_flags);
	FIELD(super_block, s_type);
	FIELD(super_block, s_subtype);
	FIELD(super_block, s_root);
	FIELD(super_block, s_fs_info);
	FIELD(super_block, s_op);
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
