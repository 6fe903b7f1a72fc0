/*
 * System V IPC objects and POSIX message queues. Their structures live in ipc/ *.c and are mirrored here.
 */
#include <linux/fs.h>
#include <linux/ipc.h>
#include <linux/ipc_namespace.h>
#include <linux/mqueue.h>
#include <linux/xarray.h>
#include "layout.h"

/* ipc/msg.c */
struct msg_queue {
	struct kern_ipc_perm q_perm;
	time64_t q_stime;
	time64_t q_rtime;
	time64_t q_ctime;
	unsigned long q_cbytes;
	unsigned long q_qnum;
	unsigned long q_qbytes;
} __randomize_layout;

/* ipc/sem.c */
struct sem_array {
	struct kern_ipc_perm sem_perm;
	time64_t sem_ctime;
	struct list_head pending_alter;
	struct list_head pending_const;
	struct list_head list_id;
	int sem_nsems;
} __randomize_layout;

/* ipc/shm.c */
struct shmid_kernel {
	struct kern_ipc_perm shm_perm;
	struct file *shm_file;
	unsigned long shm_nattch;
	unsigned long shm_segsz;
} __randomize_layout;

/* ipc/mqueue.c */
struct mqueue_inode_info {
	spinlock_t lock;
	struct inode vfs_inode;
	wait_queue_head_t wait_q;
	struct rb_root msg_tree;
	struct rb_node *msg_tree_rightmost;
	void *node_cache;
	struct mq_attr attr;
};

void ipc(void);

void ipc(void)
{
	FIELD(ipc_namespace, ids);
	FIELD(ipc_namespace, mq_mnt);
	SIZE(ipc_ids);
	FIELD(ipc_ids, in_use);
	FIELD(ipc_ids, ipcs_idr.idr_rt.xa_head);
	FIELD(kern_ipc_perm, id);
	FIELD(kern_ipc_perm, key);
	FIELD(kern_ipc_perm, uid);
	FIELD(kern_ipc_perm, gid);
	FIELD(kern_ipc_perm, cuid);
	FIELD(kern_ipc_perm, cgid);
	FIELD(kern_ipc_perm, mode);
	FIELD(msg_queue, q_cbytes);
	FIELD(msg_queue, q_qnum);
	FIELD(msg_queue, q_qbytes);
	FIELD(sem_array, sem_nsems);
	FIELD(shmid_kernel, shm_nattch);
	FIELD(shmid_kernel, shm_segsz);
	FIELD(mqueue_inode_info, vfs_inode);
	FIELD(mqueue_inode_info, attr);
	FIELD(mq_attr, mq_maxmsg);
	FIELD(mq_attr, mq_msgsize);
	FIELD(mq_attr, mq_curmsgs);
	FIELD(xa_node, shift);
	FIELD(xa_node, slots);
	CONSTANT(XA_CHUNK_SIZE);
}
