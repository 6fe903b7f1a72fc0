/*
 * Where this kernel keeps what introspection reads: field offsets, sizes and constants.
 *
 * Never linked, never run: build-layout.ts compiles it to assembly against the headers of the configured kernel, with
 * the compiler call of the kernel's own build, and reads the `->NAME $VALUE` lines (as the kernel does for its
 * asm-offsets.h, see include/linux/kbuild.h). The names in layout.json are the kernel's: `task_struct.pid`,
 * `sizeof(upid)`, `CSS_ONLINE`. Structures that a .c file of the kernel keeps to itself are mirrored below, each with
 * the file it mirrors; e2e/guest/introspect.test.ts holds the figures read through them against the guest's own.
 */
#include <linux/bpf.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/ipc_namespace.h>
#include <linux/kernfs.h>
#include <linux/memcontrol.h>
#include <linux/mm_types.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>
#include <linux/time_namespace.h>
#include <linux/timekeeper_internal.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <net/net_namespace.h>
#include <linux/tty.h>
#include "fs/mount.h"
#include "kernel/sched/sched.h"

#include "layout.h"

/* kernel/time/timekeeping.c, an unnamed structure there */
struct tk_core {
	seqcount_raw_spinlock_t seq;
	struct timekeeper timekeeper;
};

void tasks(void);
void namespaces(void);
void cgroups(void);
void time_keeping(void);

void tasks(void)
{
	FIELD(task_struct, tasks);
	FIELD(task_struct, thread_node);
	FIELD(task_struct, pid);
	FIELD(task_struct, tgid);
	FIELD(task_struct, comm);
	FIELD(task_struct, real_parent);
	FIELD(task_struct, nsproxy);
	FIELD(task_struct, cgroups);
	FIELD(task_struct, thread_pid);
	FIELD(task_struct, __state);
	FIELD(task_struct, exit_state);
	FIELD(task_struct, exit_code);
	FIELD(task_struct, flags);
	FIELD(task_struct, atomic_flags);
	FIELD(task_struct, signal);
	FIELD(task_struct, mm);
	FIELD(task_struct, start_boottime);
	FIELD(task_struct, self_exec_id);
	FIELD(task_struct, real_cred);
	FIELD(task_struct, seccomp.mode);
	FIELD(task_struct, utime);
	FIELD(task_struct, stime);
	FIELD(task_struct, se.sum_exec_runtime);
	FIELD(task_struct, files);
	FIELD(task_struct, fs);

	FIELD(signal_struct, thread_head);
	FIELD(signal_struct, live);
	FIELD(signal_struct, nr_threads);
	FIELD(signal_struct, flags);
	FIELD(signal_struct, group_exit_code);
	FIELD(signal_struct, oom_mm);
	FIELD(signal_struct, utime);
	FIELD(signal_struct, stime);
	FIELD(signal_struct, sum_sched_runtime);
	FIELD(signal_struct, prev_cputime);
	FIELD(signal_struct, pids);
	FIELD(signal_struct, tty);
	FIELD(signal_struct, oom_score_adj);
	CONSTANT(PIDTYPE_PGID);
	CONSTANT(PIDTYPE_SID);
	FIELD(tty_struct, name);

	FIELD(mm_struct, rss_stat);
	FIELD(mm_struct, exe_file);

	FIELD(pid, level);
	FIELD(pid, numbers);
	FIELD(upid, nr);
	FIELD(upid, ns);
	SIZE(upid);

	FIELD(cred, uid);
	FIELD(cred, gid);
	FIELD(cred, euid);
	FIELD(cred, suid);
	FIELD(cred, sgid);
	FIELD(cred, egid);
	FIELD(cred, fsuid);
	FIELD(cred, fsgid);
	FIELD(cred, group_info);
	FIELD(group_info, ngroups);
	FIELD(group_info, gid);
	FIELD(cred, cap_inheritable);
	FIELD(cred, cap_permitted);
	FIELD(cred, cap_effective);
	FIELD(cred, cap_bset);
	FIELD(cred, cap_ambient);
	FIELD(cred, user_ns);

	FIELD(css_set, dfl_cgrp);

	CONSTANT(TASK_COMM_LEN);
	CONSTANT(TASK_REPORT);
	CONSTANT(TASK_IDLE);
	CONSTANT(TASK_RTLOCK_WAIT);
	CONSTANT(TASK_FROZEN);
	CONSTANT(TASK_UNINTERRUPTIBLE);
	CONSTANT(EXIT_ZOMBIE);
	CONSTANT(PF_KTHREAD);
	CONSTANT(PFA_NO_NEW_PRIVS);
	CONSTANT(SIGNAL_GROUP_EXIT);
	CONSTANT(MM_FILEPAGES);
	CONSTANT(MM_ANONPAGES);
	CONSTANT(MM_SHMEMPAGES);
	CONSTANT(MAX_PID_NS_LEVEL);
	CONSTANT(PAGE_SIZE);
	CONSTANT(PAGE_OFFSET);
}

void namespaces(void)
{
	FIELD(nsproxy, uts_ns);
	FIELD(nsproxy, ipc_ns);
	FIELD(nsproxy, mnt_ns);
	FIELD(nsproxy, pid_ns_for_children);
	FIELD(nsproxy, net_ns);
	FIELD(nsproxy, time_ns);
	FIELD(nsproxy, time_ns_for_children);
	FIELD(nsproxy, cgroup_ns);

	FIELD(pid_namespace, ns.inum);
	FIELD(pid_namespace, user_ns);
	FIELD(pid_namespace, parent);
	FIELD(pid_namespace, level);
	FIELD(pid_namespace, idr.idr_next);
	FIELD(ida, xa.xa_head);

	FIELD(mnt_namespace, ns.inum);
	FIELD(mnt_namespace, user_ns);
	FIELD(mnt_namespace, mounts);

	FIELD(net, ns.inum);
	FIELD(net, user_ns);
	FIELD(net, list);
	FIELD(ns_common, inum);
	FIELD(ns_common, ops);
	FIELD(pid_namespace, ns);
	FIELD(mnt_namespace, ns);
	FIELD(net, ns);
	FIELD(uts_namespace, ns);
	FIELD(ipc_namespace, ns);
	FIELD(cgroup_namespace, ns);
	FIELD(time_namespace, ns);
	FIELD(user_namespace, ns);

	FIELD(uts_namespace, ns.inum);
	FIELD(uts_namespace, user_ns);
	FIELD(uts_namespace, name.nodename);
	FIELD(uts_namespace, name.domainname);
	CONSTANT(__NEW_UTS_LEN);

	FIELD(ipc_namespace, ns.inum);
	FIELD(ipc_namespace, user_ns);

	FIELD(cgroup_namespace, ns.inum);
	FIELD(cgroup_namespace, user_ns);

	FIELD(time_namespace, ns.inum);
	FIELD(time_namespace, user_ns);
	FIELD(time_namespace, offsets.monotonic);
	FIELD(time_namespace, offsets.boottime);
	FIELD(timespec64, tv_nsec);

	FIELD(user_namespace, ns.inum);
	FIELD(user_namespace, parent);
	FIELD(user_namespace, level);
	FIELD(user_namespace, uid_map);
	FIELD(user_namespace, gid_map);
	FIELD(uid_gid_map, nr_extents);
	FIELD(uid_gid_map, extent);
	FIELD(uid_gid_map, forward);
	FIELD(uid_gid_extent, first);
	FIELD(uid_gid_extent, lower_first);
	FIELD(uid_gid_extent, count);
	SIZE(uid_gid_extent);
	CONSTANT(UID_GID_MAP_MAX_BASE_EXTENTS);
	CONSTANT(UID_GID_MAP_MAX_EXTENTS);
}

void cgroups(void)
{
	FIELD(cgroup_root, cgrp);
	FIELD(cgroup_root, nr_cgrps);

	FIELD(cgroup, self.children);
	FIELD(cgroup, self.sibling);
	FIELD(cgroup, self.flags);
	FIELD(cgroup, flags);
	FIELD(cgroup, kn);
	FIELD(cgroup, subtree_control);
	FIELD(cgroup, subsys);
	FIELD(cgroup, rstat_cpu);
	FIELD(cgroup, bstat.cputime);
	FIELD(cgroup, last_bstat.cputime);
	FIELD(cgroup, prev_cputime);

	FIELD(cgroup_rstat_cpu, bstat.cputime);
	FIELD(cgroup_rstat_cpu, last_bstat.cputime);
	FIELD(cgroup_rstat_cpu, updated_children);
	FIELD(cgroup_rstat_cpu, updated_next);

	FIELD(task_cputime, utime);
	FIELD(task_cputime, stime);
	FIELD(task_cputime, sum_exec_runtime);
	FIELD(prev_cputime, utime);
	FIELD(prev_cputime, stime);

	FIELD(kernfs_node, name);
	FIELD(kernfs_node, id);

	FIELD(kernel_cpustat, cpustat);
	CONSTANT(CPUTIME_USER);
	CONSTANT(CPUTIME_NICE);
	CONSTANT(CPUTIME_SYSTEM);
	CONSTANT(CPUTIME_IRQ);
	CONSTANT(CPUTIME_SOFTIRQ);

	CONSTANT(CSS_ONLINE);
	CONSTANT(CGRP_FROZEN);
	FIELD(cgroup, freezer.freeze);
	FIELD(cgroup, psi);
	FIELD(cgroup, bpf.effective);
	FIELD(cgroup, bpf.progs);
	CONSTANT(CGROUP_DEVICE);
	FIELD(bpf_prog_array, items);
	FIELD(bpf_prog_array_item, prog);
	SIZE(bpf_prog_array_item);
	CONSTANT(cpu_cgrp_id);
	CONSTANT(memory_cgrp_id);
	CONSTANT(pids_cgrp_id);
	CONSTANT(io_cgrp_id);
	CONSTANT(NAME_MAX);
}

void time_keeping(void)
{
	FIELD(tk_core, timekeeper);
	FIELD(timekeeper, tkr_mono.base);
	FIELD(timekeeper, tkr_mono.xtime_nsec);
	FIELD(timekeeper, tkr_mono.shift);
	FIELD(timekeeper, offs_boot);
}
