/*
 * The cgroup controllers' own structures: memory, cpu, pids, io, and the pressure (PSI) of a group. Those that a .c file of the
 * kernel keeps to itself are mirrored, each with the file it mirrors.
 */
#include <linux/bpf.h>
#include <linux/blkdev.h>
#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/part_stat.h>
#include <linux/psi_types.h>
#include <linux/sched/cputime.h>
#include "block/blk-cgroup.h"
#include "block/blk-throttle.h"
#include "kernel/sched/sched.h"
#include "layout.h"

/* kernel/cgroup/pids.c */
struct pids_cgroup {
	struct cgroup_subsys_state css;
	atomic64_t counter;
	atomic64_t limit;
	int64_t watermark;
	struct cgroup_file events_file;
	atomic64_t events_limit;
};

/* mm/memcontrol.c: the order of memcg_vm_event_stat there, up to what is read. */
enum memcg_event {
	MEMCG_EVENT_PGPGIN,
	MEMCG_EVENT_PGPGOUT,
	MEMCG_EVENT_PGSCAN_KSWAPD,
	MEMCG_EVENT_PGSCAN_DIRECT,
	MEMCG_EVENT_PGSTEAL_KSWAPD,
	MEMCG_EVENT_PGSTEAL_DIRECT,
	MEMCG_EVENT_PGFAULT,
	MEMCG_EVENT_PGMAJFAULT,
	MEMCG_EVENT_PGREFILL,
	MEMCG_EVENT_PGACTIVATE,
	MEMCG_EVENT_PGDEACTIVATE,
	MEMCG_EVENT_PGLAZYFREE,
	MEMCG_EVENT_PGLAZYFREED,
	NR_MEMCG_EVENTS,
};

/* mm/memcontrol.c */
struct memcg_vmstats_percpu {
	long state[MEMCG_NR_STAT];
	unsigned long events[NR_MEMCG_EVENTS];
	long state_prev[MEMCG_NR_STAT];
	unsigned long events_prev[NR_MEMCG_EVENTS];
};

/* mm/memcontrol.c */
struct memcg_vmstats {
	long state[MEMCG_NR_STAT];
	unsigned long events[NR_MEMCG_EVENTS];
	long state_pending[MEMCG_NR_STAT];
	unsigned long events_pending[NR_MEMCG_EVENTS];
};

void controllers(void);
void io(void);
void pressure(void);

void controllers(void)
{
	FIELD(mem_cgroup, memory);
	FIELD(mem_cgroup, memory_events);
	FIELD(mem_cgroup, memory_events_local);
	FIELD(mem_cgroup, oom_group);
	FIELD(mem_cgroup, vmstats);
	FIELD(mem_cgroup, vmstats_percpu);
	FIELD(memcg_vmstats, state);
	FIELD(memcg_vmstats, events);
	FIELD(memcg_vmstats, state_pending);
	FIELD(memcg_vmstats, events_pending);
	FIELD(memcg_vmstats_percpu, state);
	FIELD(memcg_vmstats_percpu, events);
	FIELD(memcg_vmstats_percpu, state_prev);
	FIELD(memcg_vmstats_percpu, events_prev);
	FIELD(cgroup_subsys_state, parent);
	FIELD(page_counter, usage);
	FIELD(page_counter, watermark);
	FIELD(page_counter, min);
	FIELD(page_counter, low);
	FIELD(page_counter, high);
	FIELD(page_counter, max);
	CONSTANT(PAGE_COUNTER_MAX);
	CONSTANT(MEMCG_LOW);
	CONSTANT(MEMCG_HIGH);
	CONSTANT(MEMCG_MAX);
	CONSTANT(MEMCG_OOM);
	CONSTANT(MEMCG_OOM_KILL);
	CONSTANT(MEMCG_OOM_GROUP_KILL);
	CONSTANT(NR_ANON_MAPPED);
	CONSTANT(NR_FILE_PAGES);
	CONSTANT(MEMCG_KMEM);
	CONSTANT(NR_KERNEL_STACK_KB);
	CONSTANT(NR_PAGETABLE);
	CONSTANT(MEMCG_SOCK);
	CONSTANT(NR_SHMEM);
	CONSTANT(NR_FILE_MAPPED);
	CONSTANT(NR_FILE_DIRTY);
	CONSTANT(NR_WRITEBACK);
	CONSTANT(NR_INACTIVE_ANON);
	CONSTANT(NR_ACTIVE_ANON);
	CONSTANT(NR_INACTIVE_FILE);
	CONSTANT(NR_ACTIVE_FILE);
	CONSTANT(NR_UNEVICTABLE);
	CONSTANT(NR_SLAB_RECLAIMABLE_B);
	CONSTANT(NR_SLAB_UNRECLAIMABLE_B);
	CONSTANT(MEMCG_EVENT_PGFAULT);
	CONSTANT(MEMCG_EVENT_PGMAJFAULT);

	FIELD(task_group, shares);
	FIELD(task_group, cfs_bandwidth.period);
	FIELD(task_group, cfs_bandwidth.quota);
	FIELD(task_group, cfs_bandwidth.nr_periods);
	FIELD(task_group, cfs_bandwidth.nr_throttled);
	FIELD(task_group, cfs_bandwidth.throttled_time);
	FIELD(task_group, cfs_bandwidth.burst);
	FIELD(task_group, cfs_bandwidth.nr_burst);
	FIELD(task_group, cfs_bandwidth.burst_time);
	FIELD(task_group, idle);

	FIELD(pids_cgroup, counter);
	FIELD(pids_cgroup, limit);
	FIELD(pids_cgroup, watermark);
	FIELD(pids_cgroup, events_limit);
	CONSTANT(PID_MAX_LIMIT);
}

void io(void)
{
	FIELD(blkcg, blkg_list);
	FIELD(blkcg_gq, q);
	FIELD(blkcg_gq, blkcg_node);
	FIELD(blkcg_gq, parent);
	FIELD(blkcg_gq, online);
	FIELD(blkcg_gq, iostat_cpu);
	FIELD(blkcg_gq, iostat);
	FIELD(blkcg_gq, pd);
	FIELD(blkg_iostat_set, cur);
	FIELD(blkg_iostat_set, last);
	FIELD(blkg_iostat, ios);
	FIELD(blkcg_policy, plid);
	FIELD(throtl_grp, bps_conf);
	FIELD(throtl_grp, iops_conf);
	asm volatile("\n.ascii \"->LIMIT_CNT %0\"" : : "i" (LIMIT_CNT));
	CONSTANT(LIMIT_MAX);
	CONSTANT(BLKCG_MAX_POLS);
	FIELD(request_queue, disk);
	FIELD(gendisk, disk_name);
	FIELD(gendisk, part0);
	FIELD(block_device, bd_dev);
	FIELD(block_device, bd_stats);
	FIELD(disk_stats, sectors);
	FIELD(disk_stats, ios);
	CONSTANT(STAT_READ);
	CONSTANT(STAT_WRITE);
	CONSTANT(STAT_DISCARD);
	CONSTANT(DISK_NAME_LEN);
}

void pressure(void)
{
	FIELD(psi_group, enabled);
	FIELD(psi_group, pcpu);
	FIELD(psi_group, avg_total);
	FIELD(psi_group, avg_last_update);
	FIELD(psi_group, avg_next_update);
	FIELD(psi_group, total);
	FIELD(psi_group, avg);
	FIELD(psi_group_cpu, state_mask);
	FIELD(psi_group_cpu, times);
	FIELD(psi_group_cpu, state_start);
	FIELD(psi_group_cpu, times_prev);
	CONSTANT(PSI_IO);
	CONSTANT(PSI_MEM);
	CONSTANT(PSI_CPU);
	CONSTANT(PSI_NONIDLE);
	CONSTANT(HZ);
	FIELD(rq, clock);
	FIELD(rq, nr_switches);
}
