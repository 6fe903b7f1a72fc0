/*
 * What no shell command can bring about, for the introspection tests: threads, and processes under seccomp or with
 * mixed user ids. Freestanding i386, so that it needs no library: `helper MODE`, one letter, then it waits to be killed.
 *
 *   t  three more threads       z  three more threads, and the leader has exited
 *   u  a thread in a UTS namespace of its own
 *   s  seccomp strict           f  seccomp filter that allows all, no_new_privs
 *   e  real uid 0, effective uid 1000, gid 100
 */
#define SYS_exit 1
#define SYS_read 3
#define SYS_pause 29
#define SYS_clone 120
#define SYS_prctl 172
#define SYS_setresuid32 208
#define SYS_setresgid32 210
#define SYS_unshare 310

/* CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM */
#define THREAD_FLAGS (0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000)
#define CLONE_NEWUTS 0x04000000
#define PR_SET_SECCOMP 22
#define PR_SET_NO_NEW_PRIVS 38

static long call(long number, long a, long b, long c)
{
	long result;
	asm volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(0), "D"(0) : "memory");
	return result;
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

__attribute__((used)) static void run(long *stack)
{
	char mode = stack[0] > 1 ? *(char *)stack[2] : 't';
	char byte;
	if (mode == 't' || mode == 'z')
		for (int index = 0; index < 3; index++)
			start_thread(index, wait_for_signal);
	if (mode == 'z')
		call(SYS_exit, 0, 0, 0);
	if (mode == 'u')
		start_thread(0, leave_uts);
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
