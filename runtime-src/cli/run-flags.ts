/** The flags of `run` and `create`: docker's names, those that we honour and, with the reason, those that we do not. */
import type { Flag } from "./flags.ts";
import { NETWORK_FLAGS } from "./network-flags.ts";

const bool = (name: string, help: string, short?: string): Flag => ({
  name,
  kind: "bool",
  help,
  ...(short ? { short } : {}),
});
const text = (name: string, help: string, short?: string): Flag => ({ ...bool(name, help, short), kind: "text" });
const list = (name: string, help: string, short?: string): Flag => ({ ...bool(name, help, short), kind: "list" });
const refused = (flag: Flag, reason: string): Flag => ({ ...flag, refused: reason });

const NO_SMP = "this machine has one CPU";
const NO_WEIGHT = "this kernel has no io.weight, only io.max: use --device-read-bps and --device-write-bps";

/** Limits that `update` can change too. */
export const LIMIT_FLAGS: readonly Flag[] = [
  text("cpu-period", "Limit CPU CFS (Completely Fair Scheduler) period"),
  text("cpu-quota", "Limit CPU CFS (Completely Fair Scheduler) quota"),
  text("cpu-shares", "CPU shares (relative weight)", "c"),
  text("cpus", "Number of CPUs"),
  text("memory", "Memory limit", "m"),
  text("memory-reservation", "Memory soft limit"),
  text("memory-swap", "Swap limit equal to memory plus swap: '-1' to enable unlimited swap"),
  text("pids-limit", "Tune container pids limit (set -1 for unlimited)"),
  text("restart", "Restart policy to apply when a container exits (no|on-failure[:n]|always|unless-stopped)"),
  refused(text("blkio-weight", ""), NO_WEIGHT),
  refused(text("cpu-rt-period", ""), "this kernel has no realtime scheduling of groups"),
  refused(text("cpu-rt-runtime", ""), "this kernel has no realtime scheduling of groups"),
  refused(text("cpuset-cpus", ""), NO_SMP),
  refused(text("cpuset-mems", ""), NO_SMP),
  refused(text("kernel-memory", ""), "cgroup v2 counts kernel memory in memory.max"),
];

/** Rates of block devices, io.max; docker's `update` lacks them, ours has them. */
export const IO_FLAGS: readonly Flag[] = [
  list("device-read-bps", "Limit read rate (bytes per second) from a device"),
  list("device-read-iops", "Limit read rate (IO per second) from a device"),
  list("device-write-bps", "Limit write rate (bytes per second) to a device"),
  list("device-write-iops", "Limit write rate (IO per second) to a device"),
];

export const HEALTH_FLAGS: readonly Flag[] = [
  text("health-cmd", "Command to run to check health"),
  text("health-interval", "Time between running the check (ms|s|m|h) (default 30s)"),
  text("health-retries", "Consecutive failures needed to report unhealthy (default 3)"),
  text("health-start-interval", "Time between running the check during the start period (ms|s|m|h) (default 5s)"),
  text("health-start-period", "Start period for the container to initialize before starting health-retries countdown"),
  text("health-timeout", "Maximum time to allow one check to run (ms|s|m|h) (default 30s)"),
  bool("no-healthcheck", "Disable any container-specified HEALTHCHECK"),
];

const UNSORTED: readonly Flag[] = [
  ...LIMIT_FLAGS,
  ...IO_FLAGS,
  ...HEALTH_FLAGS,
  ...NETWORK_FLAGS,
  list("annotation", "Add an annotation to the container"),
  list("attach", "Attach to STDIN, STDOUT or STDERR", "a"),
  list("cap-add", "Add Linux capabilities"),
  list("cap-drop", "Drop Linux capabilities"),
  text("cgroup-parent", "Optional parent cgroup for the container"),
  text("cgroupns", "Cgroup namespace to use (host|private)"),
  text("cidfile", "Write the container ID to the file"),
  bool("detach", "Run container in background and print container ID", "d"),
  text("detach-keys", "Override the key sequence for detaching a container"),
  list("device", "Add a host device to the container"),
  list("device-cgroup-rule", "Add a rule to the cgroup allowed devices list"),
  text("domainname", "Container NIS domain name"),
  text("entrypoint", "Overwrite the default ENTRYPOINT of the image"),
  list("env", "Set environment variables", "e"),
  bool("explain", "Tell each step as it happens: its syscall, a sentence, the shell command that does the same"),
  list("env-file", "Read in a file of environment variables"),
  list("group-add", "Add additional groups to join"),
  text("hostname", "Container host name", "h"),
  bool("init", "Run an init inside the container that forwards signals and reaps processes"),
  bool("interactive", "Keep STDIN open even if not attached", "i"),
  text("ipc", "IPC mode to use (host|private|shareable|container:NAME)"),
  list("label", "Set meta data on a container", "l"),
  list("label-file", "Read in a line delimited file of labels"),
  text("log-driver", "Logging driver for the container (json-file|none)"),
  list("mount", "Attach a filesystem mount to the container"),
  text("name", "Assign a name to the container"),
  text("oom-score-adj", "Tune host's OOM preferences (-1000 to 1000)"),
  text("pid", "PID namespace to use (host|private|container:NAME)"),
  text("platform", "Set platform if server is multi-platform capable (linux/386)"),
  bool("privileged", "Give extended privileges to this container"),
  text("pull", "Pull image before running (always|missing|never)"),
  bool("quiet", "Suppress the pull output", "q"),
  bool("read-only", "Mount the container's root filesystem as read only"),
  bool("rm", "Automatically remove the container when it exits"),
  text("runtime", "Runtime to use for this container (box)"),
  list("security-opt", "Security Options"),
  bool("shell", "Print the shell script that makes the same container, and run nothing"),
  text("shm-size", "Size of /dev/shm"),
  bool("sig-proxy", "Proxy received signals to the process (default true)"),
  text("stop-signal", "Signal to stop the container"),
  { ...text("stop-timeout", "Timeout (in seconds) to stop a container"), integer: true },
  list("sysctl", "Sysctl options"),
  text("time", "Time namespace to use (host|private)"),
  list("tmpfs", "Mount a tmpfs directory"),
  bool("tty", "Allocate a pseudo-TTY", "t"),
  list("ulimit", "Ulimit options"),
  text("user", "Username or UID (format: <name|uid>[:<group|gid>])", "u"),
  text("userns", "User namespace to use (host|private[:FIRST-ID[:COUNT]])"),
  text("uts", "UTS namespace to use (host|private)"),
  list("volume", "Bind mount a volume", "v"),
  text("volume-driver", "Optional volume driver for the container (local)"),
  list("volumes-from", "Mount volumes from the specified container(s)"),
  text("workdir", "Working directory inside the container", "w"),

  refused(list("blkio-weight-device", ""), NO_WEIGHT),
  refused(text("gpus", ""), "this machine has none"),
  refused(text("isolation", ""), "it is a setting of Windows"),
  refused(list("link", ""), "links are docker's past: containers of one network find each other by name"),
  refused(list("log-opt", ""), "the log is kept whole, as long as the container is"),
  refused(text("memory-swappiness", ""), "this machine has no swap, and cgroup v2 no swappiness of a group"),
  refused(bool("oom-kill-disable", ""), "cgroup v2 cannot switch the OOM killer off; --oom-score-adj=-1000 comes near"),
  refused(list("storage-opt", ""), "the disk has no quota of a container"),
  refused(bool("use-api-socket", ""), "there is no API socket"),
];

export const RUN_FLAGS: readonly Flag[] = [...UNSORTED].sort((a, b) => (a.name < b.name ? -1 : 1));
