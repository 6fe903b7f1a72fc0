/*
 * What no shell command can bring about, for the introspection tests: threads, and processes under seccomp or with
 * mixed user ids. Freestanding i386, so that it needs no library: `helper MODE`, one letter, then it waits to be killed.
 *
 *   t  three more threads       z  three more threads, and the leader has exited
 *   u  a thread in a UTS namespace of its own
 *   s  seccomp strict           f  seccomp filter that allows all, no_new_privs
 *   e  real uid 0, effective uid 1000, gid 100
 *   n  listens: TCP 127.0.0.1:7001, UDP 0.0.0.0:7002, the abstract unix name "glass"
 *   b  a hundred children one after the other, each named and gone after 5 ms of sleep; then it ends
 *   c  the same, but they compute for those 5 ms
 *   q  a POSIX message queue "glass" with one message
 *
 * And what no program of the guest prints; these end at once:
 *   m NAME  mq_maxmsg, mq_msgsize and mq_curmsgs of a POSIX queue
 *   o PATH  trusted.overlay.opaque, or nothing
 *   d PATH  the BPF device programs of a cgroup: attached, effective
 */
#define SYS_exit 1
#define SYS_fork 2
#define SYS_read 3
#define SYS_write 4
#define SYS_open 5
#define SYS_waitpid 7
#define SYS_pause 29
#define SYS_clone 120
#define SYS_nanosleep 162
#define SYS_prctl 172
#define SYS_setresuid32 208
#define SYS_setresgid32 210
#define SYS_lgetxattr 230
#define SYS_clock_gettime 265
#define SYS_mq_open 277
#define SYS_mq_timedsend 279
#define SYS_mq_getsetattr 282
#define SYS_unshare 310
#define SYS_socket 359
#define SYS_bpf 357
#define SYS_bind 361
#define SYS_listen 363

/* CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM */
#define THREAD_FLAGS (0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000)
#define CLONE_NEWUTS 0x04000000
#define CLOCK_MONOTONIC 1
#define PR_SET_NAME 15
#define PR_SET_SECCOMP 22
#define PR_SET_NO_NEW_PRIVS 38

static long call4(long number, long a, long b, long c, long d)
{
	long result;
	asm volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(0) : "memory");
	return result;
}

static long call(long number, long a, long b, long c)
{
	return call4(number, a, b, c, 0);
}

static void wait_for_signal(void)
{
	for (;;)
		call(SYS_pause, 0, 0, 0);
}

static void leave_uts(void)
{
	call(SYS_unshare, CLONE_NEWUTS, 0, 0);
	wait_for_signal();
}

static char stacks[3][4096] __attribute__((aligned(16)));

/* The new thread wakes on a stack that holds only the address to return to. */
static void start_thread(int index, void (*entry)(void))
{
	void (**top)(void) = (void (**)(void))(stacks[index] + sizeof(stacks[index]) - 64);
	long result;
	*top = entry;
	asm volatile("int $0x80\n\ttest %%eax, %%eax\n\tjnz 1f\n\tret\n1:"
		     : "=a"(result) : "a"(SYS_clone), "b"(THREAD_FLAGS), "c"(top), "d"(0), "S"(0), "D"(0) : "memory");
}

static void restrict_calls(void)
{
	struct { unsigned short code; unsigned char jt, jf; unsigned int k; } allow = { 6, 0, 0, 0x7fff0000 };
	struct { unsigned short length; const void *filter; } program = { 1, &allow };
	call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0);
	call(SYS_prctl, PR_SET_SECCOMP, 2, (long)&program);
}

static void listen_all(void)
{
	/* struct sockaddr_in: family, port and address in network order */
	struct { unsigned short family, port; unsigned int address; char zero[8]; } tcp = { 2, 0x591b, 0x0100007f, { 0 } },
		udp = { 2, 0x5a1b, 0, { 0 } };
	struct { unsigned short family; char path[6]; } local = { 1, { 0, 'g', 'l', 'a', 's', 's' } };
	long stream = call(SYS_socket, 2, 1, 0);
	long datagram = call(SYS_socket, 2, 2, 0);
	long unix_stream = call(SYS_socket, 1, 1, 0);
	call(SYS_bind, stream, (long)&tcp, sizeof(tcp));
	call(SYS_listen, stream, 5, 0);
	call(SYS_bind, datagram, (long)&udp, sizeof(udp));
	call(SYS_bind, unix_stream, (long)&local, 8);
	call(SYS_listen, unix_stream, 5, 0);
}

static void make_queue(void)
{
	/* O_CREAT | O_RDWR */
	long queue = call4(SYS_mq_open, (long)"glass", 0102, 0600, 0);
	call4(SYS_mq_timedsend, queue, (long)"hello", 5, 0);
}

#define LIFE_NS 5000000

struct time { long seconds, nanoseconds; };

static void compute(void)
{
	struct time begun, now;
	call(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&begun, 0);
	do
		call(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0);
	while ((now.seconds - begun.seconds) * 1000000000LL + now.nanoseconds - begun.nanoseconds < LIFE_NS);
}

static void sleep(void)
{
	struct time nap = { 0, LIFE_NS };
	call(SYS_nanosleep, (long)&nap, 0, 0);
}

static void live_briefly(void (*life)(void))
{
	static char name[] = "brief-00";
	for (int index = 0; index < 100; index++) {
		long child = call(SYS_fork, 0, 0, 0);
		if (child == 0) {
			name[6] = '0' + index / 10;
			name[7] = '0' + index % 10;
			call(SYS_prctl, PR_SET_NAME, (long)name, 0);
			life();
			call(SYS_exit, 0, 0, 0);
		}
		call(SYS_waitpid, child, 0, 0);
	}
	call(SYS_exit, 0, 0, 0);
}

static void print(unsigned int number)
{
	char digits[12];
	int at = sizeof(digits);
	digits[--at] = '\n';
	do
		digits[--at] = '0' + number % 10;
	while ((number /= 10) > 0);
	call(SYS_write, 1, (long)(digits + at), sizeof(digits) - at);
}

static void print_queue(const char *name)
{
	/* struct mq_attr: flags, maxmsg, msgsize, curmsgs, reserved */
	long attributes[8] = { 0 };
	call(SYS_mq_getsetattr, call4(SYS_mq_open, (long)name, 0, 0, 0), 0, (long)attributes);
	for (int index = 1; index < 4; index++)
		print(attributes[index]);
}

static void print_opaque(const char *path)
{
	char value;
	if (call4(SYS_lgetxattr, (long)path, (long)"trusted.overlay.opaque", (long)&value, 1) == 1)
		call(SYS_write, 1, (long)&value, 1);
}

#define BPF_PROG_QUERY 16
#define BPF_CGROUP_DEVICE 6
#define BPF_F_QUERY_EFFECTIVE 1

static void print_device_programs(const char *path)
{
	long group = call(SYS_open, (long)path, 0, 0);
	for (unsigned int flags = 0; flags <= BPF_F_QUERY_EFFECTIVE; flags++) {
		struct { unsigned int fd, type, flags, attach_flags, ids[2], count, reserved; } query =
			{ group, BPF_CGROUP_DEVICE, flags };
		call(SYS_bpf, BPF_PROG_QUERY, (long)&query, sizeof(query));
		print(query.count);
	}
}

__attribute__((used)) static void run(long *stack)
{
	char mode = stack[0] > 1 ? *(char *)stack[2] : 't';
	const char *what = stack[0] > 2 ? (const char *)stack[3] : "";
	char byte;
	if (mode == 'm')
		print_queue(what);
	if (mode == 'o')
		print_opaque(what);
	if (mode == 'd')
		print_device_programs(what);
	if (mode == 'm' || mode == 'o' || mode == 'd')
		call(SYS_exit, 0, 0, 0);
	if (mode == 't' || mode == 'z')
		for (int index = 0; index < 3; index++)
			start_thread(index, wait_for_signal);
	if (mode == 'z')
		call(SYS_exit, 0, 0, 0);
	if (mode == 'u')
		start_thread(0, leave_uts);
	if (mode == 'b')
		live_briefly(sleep);
	if (mode == 'c')
		live_briefly(compute);
	if (mode == 'n')
		listen_all();
	if (mode == 'q')
		make_queue();
	if (mode == 'f')
		restrict_calls();
	if (mode == 'e') {
		call(SYS_setresgid32, 100, 100, 100);
		call(SYS_setresuid32, 0, 1000, 0);
	}
	if (mode == 's') {
		/* Strict mode allows read(2) but not pause(2). */
		call(SYS_prctl, PR_SET_SECCOMP, 1, 0);
		for (;;)
			call(SYS_read, 0, (long)&byte, 1);
	}
	wait_for_signal();
}

asm(".globl _start\n_start:\n\tmov %esp, %eax\n\tpush %eax\n\tcall run\n");
