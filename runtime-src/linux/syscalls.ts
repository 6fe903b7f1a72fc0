/**
 * The one seam for Linux calls that Node's API does not have. `native.ts` implements it over the engine's C module,
 * `recording.ts` is the double that tests use to see order and clean-up without root.
 *
 * Every call throws a SystemError (code, syscall, path, errno as Node's) on failure. File descriptors are numbers,
 * flags the kernel's own values (see constants.ts). All descriptors that these calls create are close-on-exec.
 */

export interface CloneResult {
  readonly pid: number;
  readonly pidfd: number;
}

export interface WaitResult {
  readonly pid: number;
  /** Exit code, or null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: number | null;
}

export interface ReceivedMessage {
  readonly data: Uint8Array;
  readonly fds: readonly number[];
}

export interface Datagram {
  readonly data: Uint8Array;
  readonly address: string;
  readonly port: number;
}

export interface Disposable {
  dispose(): void;
}

export interface LinuxCalls {
  // --- processes ---
  /**
   * clone3(2) without CLONE_VM: `child` runs in the new process on a copy of this one, with an empty event loop; what
   * it returns is the exit code (it mostly ends in execve). An exception in it is printed and exits 255.
   * flags: CLONE_NEW*, CLONE_PARENT; a cgroupFd adds CLONE_INTO_CGROUP; the pidfd is always asked for.
   */
  clone3(options: { readonly flags: number; readonly cgroupFd?: number }, child: () => number): CloneResult;
  /** fork(2); same rules for `child`, but when `stay` is true the child keeps running its event loop afterwards. */
  fork(child: () => number | undefined, options?: { readonly stay?: boolean }): number;
  unshare(flags: number): void;
  setns(fd: number, nstype: number): void;
  execve(path: string, argv: readonly string[], envp: readonly string[]): never;
  /** _exit(2): no clean-up, no flushing. */
  exit(code: number): never;
  /** waitpid(2) with WNOHANG when `block` is false (default true). null: no child has changed state. */
  waitpid(pid: number, block?: boolean): WaitResult | null;
  kill(pid: number, signal: number): void;
  pidfdOpen(pid: number): number;
  pidfdSendSignal(pidfd: number, signal: number): void;
  setsid(): number;
  setpgid(pid: number, pgid: number): void;
  getppid(): number;
  prctl(option: number, arg2?: number, arg3?: number, arg4?: number, arg5?: number): number;
  setresuid(real: number, effective: number, saved: number): void;
  setresgid(real: number, effective: number, saved: number): void;
  setgroups(groups: readonly number[]): void;
  /** Capability sets as 64-bit masks (version 3). */
  capset(effective: bigint, permitted: bigint, inheritable: bigint): void;
  capget(): { readonly effective: bigint; readonly permitted: bigint; readonly inheritable: bigint };
  /** seccomp(2) SECCOMP_SET_MODE_FILTER with an array of sock_filter, 8 bytes each. */
  seccompFilter(program: Uint8Array, flags: number): void;
  prlimit(pid: number, resource: number, soft: bigint, hard: bigint): void;
  umask(mask: number): number;
  sethostname(name: string): void;
  setdomainname(name: string): void;
  personality(persona: number): number;
  /** clock_settime(2) CLOCK_REALTIME, ms since the epoch. */
  setClock(epochMs: number): void;
  /** random(4): RNDADDENTROPY, then RNDRESEEDCRNG, so that the next number drawn depends on it. */
  addEntropy(bytes: Uint8Array): void;
  /** clock_gettime(2) CLOCK_BOOTTIME in ms. */
  bootTimeMs(): number;
  /** nanosleep(2): blocks this process. */
  sleep(ms: number): void;
  sync(): void;

  // --- mounts ---
  mount(source: string | null, target: string, fstype: string | null, flags: number, data: string | null): void;
  umount2(target: string, flags: number): void;
  pivotRoot(newRoot: string, putOld: string): void;
  chroot(path: string): void;
  chdir(path: string): void;
  /** getcwd(2). ENOENT when the folder is gone, or not below our root. */
  getcwd(): string;
  openTree(dirfd: number, path: string, flags: number): number;
  moveMount(fromFd: number, fromPath: string, toFd: number, toPath: string, flags: number): void;
  mountSetattr(
    dirfd: number,
    path: string,
    flags: number,
    attr: { readonly set: number; readonly clear: number; readonly propagation: number; readonly userNsFd?: number },
  ): void;

  // --- files ---
  open(path: string, flags: number, mode?: number): number;
  openat2(
    dirfd: number,
    path: string,
    how: { readonly flags: number; readonly mode?: number; readonly resolve: number },
  ): number;
  close(fd: number): void;
  /** Closes every descriptor from `first` on (close_range(2)). */
  closeFrom(first: number): void;
  /** Every descriptor from 3 on but those, at most 64. */
  closeAllBut(keep: readonly number[]): void;
  dup(fd: number): number;
  /** dup2 semantics: the new descriptor is not close-on-exec. */
  dup2(from: number, to: number): void;
  setCloexec(fd: number, on: boolean): void;
  pipe(): readonly [read: number, write: number];
  socketpair(): readonly [number, number];
  read(fd: number, maxBytes: number): Uint8Array;
  /** A file's first line, cut after `maxBytes`, read at once. null: there is no such file, or (of a kernel file) it has just gone. */
  readLine(path: string, maxBytes: number): string | null;
  /** Writes all of it. Non-blocking descriptors may throw EAGAIN after a partial write: `written` on the error. */
  write(fd: number, data: Uint8Array | string): number;
  /** Adds to a text that is written later, as a whole: numbers and strings as they are, anything else as JSON. One a process. */
  keepText(...parts: readonly unknown[]): void;
  /** As `write`, of what was kept; whatever comes of it, nothing is kept afterwards. */
  writeKept(fd: number): void;
  forgetKept(): void;
  setNonBlocking(fd: number, on: boolean): void;
  mknod(path: string, mode: number, major: number, minor: number): void;
  /** The same below a folder; none follows a link in the name. */
  mknodat(dirfd: number, name: string, mode: number, major: number, minor: number): void;
  mkdirat(dirfd: number, name: string, mode: number): void;
  symlinkat(target: string, dirfd: number, name: string): void;
  /** linkat(2) of an open file that has no name yet (O_TMPFILE); EEXIST where the name is taken. */
  linkFd(fd: number, path: string): void;
  fchownat(dirfd: number, name: string, uid: number, gid: number): void;
  fchdir(fd: number): void;
  /** lsetxattr(2) etc. */
  setxattr(path: string, name: string, value: Uint8Array): void;
  getxattr(path: string, name: string): Uint8Array;
  listxattr(path: string): readonly string[];
  /** flock(2): LOCK_EX, LOCK_SH, LOCK_UN, LOCK_NB. */
  flock(fd: number, operation: number): void;
  /** Whether somebody holds LOCK_EX on a file; false where there is none. */
  isLocked(path: string): boolean;

  // --- terminals ---
  /** A new pty from the given /dev/ptmx (default "/dev/ptmx"): master descriptor and number of the slave. */
  openPty(ptmx?: string): { readonly master: number; readonly slavePath: string };
  isatty(fd: number): boolean;
  setControllingTerminal(fd: number): void;
  getWindowSize(fd: number): { readonly columns: number; readonly rows: number };
  setWindowSize(fd: number, columns: number, rows: number): void;
  /** TIOCSTI: as if typed at that terminal. */
  pushInput(fd: number, text: string): void;
  /** Puts a terminal in raw mode; dispose restores it. */
  rawMode(fd: number): Disposable;

  // --- sockets ---
  unixListen(path: string): number;
  unixConnect(path: string): number;
  unixAccept(fd: number): number;
  sendMessage(fd: number, data: Uint8Array, fds: readonly number[]): void;
  /** null at end of stream. */
  receiveMessage(fd: number, maxBytes: number): ReceivedMessage | null;
  /** AF_NETLINK SOCK_RAW socket of the protocol (NETLINK_ROUTE, NETLINK_NETFILTER). */
  netlinkSocket(protocol: number): number;
  /** udp(7) over IPv4, bound and non-blocking, in the network namespace of the moment. */
  udpSocket(address: string, port: number): number;
  /** null when there is none. */
  receiveFrom(fd: number): Datagram | null;
  sendTo(fd: number, data: Uint8Array, address: string, port: number): void;

  // --- the rest ---
  /** bpf(2); attr is the union's bytes, returned with what the kernel wrote; pointers inside it are put by `pointers`: offset -> bytes. */
  bpf(command: number, attr: Uint8Array, pointers?: ReadonlyMap<number, Uint8Array>): number;

  // --- event loop ---
  /** Calls back whenever the descriptor is readable (EPOLLIN | EPOLLHUP). */
  onReadable(fd: number, callback: () => void): Disposable;
  onWritable(fd: number, callback: () => void): Disposable;
  /** signalfd: the signal is blocked and delivered here. */
  onSignal(signal: number, callback: () => void): Disposable;
  /** Calls back once when the process ends (pidfd or SIGCHLD); it has been reaped. */
  onExit(pid: number, callback: (result: WaitResult) => void): Disposable;
  /** The signal mask and dispositions that a new program expects: nothing blocked, all default. */
  resetSignals(): void;
}
