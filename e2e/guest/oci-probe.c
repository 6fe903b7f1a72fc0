/*
 * What a program in a container sees, one fact a line, for the comparison of runtimes. Freestanding i386, so that a root
 * file system needs nothing else: `probe [PATH...]` also tells of these paths. Facts come from /proc where it is mounted,
 * else from the calls themselves; calls that a filter or the device cgroup may refuse are told with their errno.
 */
enum {
	SYS_exit = 1, SYS_read = 3, SYS_write = 4, SYS_open = 5, SYS_close = 6, SYS_unlink = 10, SYS_mknod = 14,
	SYS_chmod = 15, SYS_getpid = 20, SYS_access = 33, SYS_kill = 37, SYS_mkdir = 39, SYS_rmdir = 40, SYS_ioctl = 54,
	SYS_umask = 60, SYS_getppid = 64, SYS_sethostname = 74, SYS_readlink = 85, SYS_socketcall = 102, SYS_uname = 122,
	SYS_getpgid = 132, SYS_personality = 136, SYS_getdents = 141, SYS_getsid = 147, SYS_getcwd = 183,
	SYS_lstat64 = 196, SYS_unshare = 310, SYS_socket = 359,
};

static long call(long number, long a, long b, long c)
{
	long result;
	asm volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(0), "D"(0) : "memory");
	return result;
}

static char out[65536];
static int out_size;

static void flush(void)
{
	for (int done = 0; done < out_size;) {
		long n = call(SYS_write, 1, (long)(out + done), out_size - done);
		if (n <= 0)
			break;
		done += n;
	}
	out_size = 0;
}

static void put(char c)
{
	if (out_size == sizeof(out))
		flush();
	out[out_size++] = c;
}

static void text(const char *s)
{
	while (*s)
		put(*s++);
}

static void number(long n, int base)
{
	char digits[32];
	int i = 0;
	unsigned long rest = n;
	if (base == 10 && n < 0)
		put('-'), rest = -n;
	do
		digits[i++] = "0123456789abcdef"[rest % base];
	while (rest /= base);
	while (i)
		put(digits[--i]);
}

static void fact(const char *name, long value)
{
	text(name), put(' '), number(value, 10), put('\n');
}

static char buffer[32768];

/* Every line of the file as "name line". */
static void file(const char *name, const char *path)
{
	long fd = call(SYS_open, (long)path, 0, 0);
	long size = 0, n;
	if (fd < 0) {
		text(name), text(" !"), number(-fd, 10), put('\n');
		return;
	}
	while ((n = call(SYS_read, fd, (long)(buffer + size), sizeof(buffer) - 1 - size)) > 0)
		size += n;
	call(SYS_close, fd, 0, 0);
	for (long i = 0, start = 1; i < size; i++) {
		if (start)
			text(name), put(' ');
		put(buffer[i] ? buffer[i] : '\n');
		start = buffer[i] == '\n' || !buffer[i];
	}
	if (size && buffer[size - 1] != '\n' && buffer[size - 1])
		put('\n');
	if (n < 0)
		text(name), text(" read!"), number(-n, 10), put('\n');
}

static void link(const char *name, const char *path)
{
	long n = call(SYS_readlink, (long)path, (long)buffer, 4096);
	buffer[n > 0 ? n : 0] = 0;
	text(name), put(' '), text(n < 0 ? "-" : buffer), put('\n');
}

struct stat64 {
	unsigned long long dev;
	unsigned char pad0[4];
	unsigned long ino_low;
	unsigned int mode, nlink;
	unsigned long uid, gid;
	unsigned long long rdev;
	unsigned char rest[64];
};

static void node(const char *name, const char *path)
{
	static struct stat64 st;
	long r = call(SYS_lstat64, (long)path, (long)&st, 0);
	text(name), put(' '), text(path), put(' ');
	if (r < 0) {
		text("!"), number(-r, 10), put('\n');
		return;
	}
	number(st.mode, 8), put(' '), number(st.uid, 10), put(':'), number(st.gid, 10), put(' '), number(st.rdev, 16);
	if ((st.mode & 0170000) == 0120000) {
		long n = call(SYS_readlink, (long)path, (long)buffer, 4096);
		buffer[n > 0 ? n : 0] = 0;
		text(" -> "), text(buffer);
	}
	put('\n');
}

static void folder(const char *path)
{
	static char entries[8192], full[512];
	long fd = call(SYS_open, (long)path, 0200000, 0), n;
	if (fd < 0)
		return;
	while ((n = call(SYS_getdents, fd, (long)entries, sizeof(entries))) > 0) {
		for (long at = 0; at < n; at += *(unsigned short *)(entries + at + 8)) {
			const char *name = entries + at + 10;
			char *to = full;
			if (name[0] == '.')
				continue;
			for (const char *s = path; *s;)
				*to++ = *s++;
			*to++ = '/';
			while (*name)
				*to++ = *name++;
			*to = 0;
			node("dev", full);
		}
	}
	call(SYS_close, fd, 0, 0);
}

static long try_open(const char *path, long flags)
{
	long fd = call(SYS_open, (long)path, flags, 0600);
	if (fd >= 0)
		call(SYS_close, fd, 0, 0);
	return fd < 0 ? fd : 0;
}

static void status(void)
{
	static const char *const namespaces[] = { "pid", "mnt", "net", "uts", "ipc", "cgroup", "user", "time" };
	static char path[64];
	for (unsigned i = 0; i < 8; i++) {
		char *to = path;
		for (const char *s = "/proc/self/ns/"; *s;)
			*to++ = *s++;
		for (const char *s = namespaces[i]; *s;)
			*to++ = *s++;
		*to = 0;
		link("ns", path);
	}
	file("status", "/proc/self/status");
	file("limit", "/proc/self/limits");
	file("uid_map", "/proc/self/uid_map");
	file("gid_map", "/proc/self/gid_map");
	file("cgroup", "/proc/self/cgroup");
	file("oom_score_adj", "/proc/self/oom_score_adj");
	file("timens", "/proc/self/timens_offsets");
	file("mount", "/proc/self/mountinfo");
}

static void cgroup_files(void)
{
	static const char *const files[] = {
		"memory.max", "memory.low", "memory.swap.max", "memory.high", "cpu.max", "cpu.max.burst", "cpu.weight",
		"cpu.idle", "pids.max", "io.max", "memory.oom.group",
	};
	static char path[64];
	for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *to = path;
		for (const char *s = "/sys/fs/cgroup/"; *s;)
			*to++ = *s++;
		for (const char *s = files[i]; *s;)
			*to++ = *s++;
		*to = 0;
		file(files[i], path);
	}
}

static void kernel_paths(void)
{
	static const char *const paths[] = {
		"/proc/kcore", "/proc/timer_list", "/proc/interrupts", "/sys/firmware", "/proc/sys/kernel/hostname",
		"/proc/sysrq-trigger", "/proc/irq", "/masked", "/masked/inner",
	};
	static const char *const sysctls[] = {
		"kernel/shmmax", "kernel/msgmax", "kernel/sem", "net/ipv4/ip_forward", "net/core/somaxconn",
		"fs/mqueue/msg_max", "net/ipv4/ip_unprivileged_port_start",
	};
	static char path[96];
	for (unsigned i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		node("path", paths[i]);
		text("path-write "), text(paths[i]), fact("", try_open(paths[i], 1));
	}
	for (unsigned i = 0; i < sizeof(sysctls) / sizeof(sysctls[0]); i++) {
		char *to = path;
		for (const char *s = "/proc/sys/"; *s;)
			*to++ = *s++;
		for (const char *s = sysctls[i]; *s;)
			*to++ = *s++;
		*to = 0;
		file(sysctls[i], path);
	}
}

/* What is allowed, told by doing it. */
static void acts(void)
{
	long udp[3] = { 2, 2, 0 };
	long fd;
	fact("act write-root", try_open("/probe-file", 0101));
	call(SYS_unlink, (long)"/probe-file", 0, 0);
	fact("act mkdir", call(SYS_mkdir, (long)"/probe-dir", 0755, 0));
	call(SYS_rmdir, (long)"/probe-dir", 0, 0);
	fact("act mknod-mem", call(SYS_mknod, (long)"/dev/probe-mem", 020600, 0x101));
	fact("act open-mem", try_open("/dev/probe-mem", 0));
	call(SYS_unlink, (long)"/dev/probe-mem", 0, 0);
	fact("act mknod-zero", call(SYS_mknod, (long)"/dev/probe-zero", 020600, 0x105));
	fact("act open-zero", try_open("/dev/probe-zero", 2));
	call(SYS_unlink, (long)"/dev/probe-zero", 0, 0);
	fact("act open-null", try_open("/dev/null", 2));
	fact("act open-tty", try_open("/dev/tty", 2));
	fd = call(SYS_socket, 2, 2, 0);
	fact("act socket", fd < 0 ? fd : 0);
	call(SYS_close, fd, 0, 0);
	fd = call(SYS_socketcall, 1, (long)udp, 0);
	fact("act socketcall", fd < 0 ? fd : 0);
	call(SYS_close, fd, 0, 0);
	fd = call(SYS_socket, 40, 1, 0);
	fact("act socket-vsock", fd < 0 ? fd : 0);
	fact("act chmod", call(SYS_chmod, (long)"/nowhere", 0600, 0));
	fact("act access", call(SYS_access, (long)"/nowhere", 0, 0));
	fact("act kill-nobody", call(SYS_kill, 2000000, 0, 0));
	fact("act unshare-nothing", call(SYS_unshare, 0, 0, 0));
	fact("act sethostname", call(SYS_sethostname, (long)"other", -1, 0));
	fact("act personality", call(SYS_personality, 0xffffffff, 0, 0));
}

__attribute__((used)) static void run(long *stack)
{
	static char names[6][65];
	char **argv = (char **)(stack + 1);
	char **env = argv + stack[0] + 1;
	for (int i = 0; i < stack[0]; i++)
		text("arg "), text(argv[i]), put('\n');
	for (; *env; env++)
		text("env "), text(*env), put('\n');
	call(SYS_getcwd, (long)buffer, sizeof(buffer), 0);
	text("cwd "), text(buffer), put('\n');
	call(SYS_uname, (long)names, 0, 0);
	text("hostname "), text(names[1]), text("\ndomainname "), text(names[5]), put('\n');
	fact("pid", call(SYS_getpid, 0, 0, 0));
	fact("ppid", call(SYS_getppid, 0, 0, 0));
	fact("pgid", call(SYS_getpgid, 0, 0, 0));
	fact("sid", call(SYS_getsid, 0, 0, 0));
	status();
	cgroup_files();
	folder("/dev");
	folder("/proc/self/fd");
	kernel_paths();
	for (int i = 1; i < stack[0]; i++) {
		node("given", argv[i]);
		file("content", argv[i]);
	}
	acts();
	flush();
	call(SYS_exit, 0, 0, 0);
}

asm(".globl _start\n_start:\n\tmov %esp, %eax\n\tpush %eax\n\tcall run\n");
