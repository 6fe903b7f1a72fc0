/**
 * The contract between the engine's C and TypeScript: one module per mod_*.c, each with one default export.
 * All functions are synchronous and throw a SystemError (code, errno, syscall, path) when the kernel refuses.
 * Only modules inside the binary can import them; a script of `node` cannot.
 */
declare module "native:engine" {
  const engine: {
    /** resolve(base, specifier) names a module, load(name) gives its source or the exports of a foreign module. */
    setModuleHooks(
      resolve: (base: string, specifier: string) => string,
      load: (name: string) => { source?: string; exports?: unknown },
    ): void;
    /** Called with what nobody caught; true means: go on. */
    setFatal(hook: (error: unknown) => boolean): void;
    evalScript(source: string, filename: string): unknown;
    evalModule(source: string, filename: string): Promise<unknown>;
    requireEmbedded(name: string): Record<string, unknown>;
    gc(): void;
    setGcThreshold(bytes: number): void;
    memoryUsage(): [mallocBytes: number, usedBytes: number];
  };
  export default engine;
}

declare module "native:loop" {
  const loop: {
    watch(fd: number, writable: boolean, callback: () => void): number;
    unwatch(id: number): void;
    refWatch(id: number, ref: boolean): void;
    setTimer(delayMs: number, callback: () => void, repeat: boolean): number;
    clearTimer(id: number): void;
    refTimer(id: number, ref: boolean): void;
    setImmediate(callback: () => void): void;
    /** tick runs before promise jobs after requestTick; empty when nothing keeps the loop alive. */
    setHooks(tick: () => void, empty: (() => void) | undefined): void;
    /** Whether a timer, watch or immediate keeps the loop going. */
    isAlive(): boolean;
    requestTick(): void;
    queueMicrotask(callback: () => void): void;
    nowMs(): number;
    nowNs(): bigint;
  };
  export default loop;
}

declare module "native:text" {
  /** Encodings: 0 utf8, 1 latin1, 2 ascii, 3 utf16le, 4 hex, 5 base64, 6 base64url. */
  const text: {
    encode(text: string, encoding: number): Uint8Array;
    decode(bytes: Uint8Array, encoding: number, start: number, end: number): string;
    utf8Size(text: string): number;
    incompleteTail(bytes: Uint8Array): number;
  };
  export default text;
}

declare module "native:fs" {
  const fs: {
    open(path: string, flags: number, mode: number): number;
    close(fd: number): void;
    read(fd: number, bytes: Uint8Array, offset: number, length: number, position: number | bigint | null): number;
    write(
      fd: number,
      data: Uint8Array | string,
      offset: number,
      length: number,
      position: number | bigint | null,
    ): number;
    writeAll(fd: number, data: Uint8Array | string): void;
    readFile(target: string | number, asText: boolean, flags: number): Uint8Array | string;
    writeFile(target: string | number, data: Uint8Array | string, flags: number, mode: number): void;
    /** dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, atimeMs, mtimeMs, ctimeMs, birthtimeMs */
    exists(path: string): boolean;
    stat(target: string | number, follow: boolean, quiet: boolean): number[] | undefined;
    /** name, DT_* type, name, type, ... */
    /** In the order of strcmp(3); with types, which are DT_*, each name is followed by its own. */
    readdir(path: string, withTypes: boolean): (string | number)[];
    readlink(path: string): string;
    realpath(path: string): string;
    unlink(path: string, _a: 0, _b: 0): void;
    rmdir(path: string, _a: 0, _b: 0): void;
    chmod(path: string, mode: number, _b: 0): void;
    chown(path: string, uid: number, gid: number): void;
    lchown(path: string, uid: number, gid: number): void;
    access(path: string, mode: number, _b: 0): void;
    truncate(path: string, length: number, _b: 0): void;
    mkdir(path: string, mode: number, _b: 0): void;
    fsync(fd: number, _a: 0, _b: 0): void;
    fdatasync(fd: number, _a: 0, _b: 0): void;
    ftruncate(fd: number, length: number, _b: 0): void;
    fchmod(fd: number, mode: number, _b: 0): void;
    fchown(fd: number, uid: number, gid: number): void;
    rename(from: string, to: string, _flags: 0): void;
    link(from: string, to: string, _flags: 0): void;
    symlink(target: string, path: string, _flags: 0): void;
    copyFile(from: string, to: string, flags: number): void;
    utimes(target: string | number, atimeSeconds: number, mtimeSeconds: number, follow: boolean): void;
    mkdtemp(prefix: string): string;
    mkdirAll(path: string, mode: number): string | undefined;
    removeTree(path: string): void;
    /** type, bsize, blocks, bfree, bavail, files, ffree */
    statfs(path: string): number[];
  };
  export default fs;
}

declare module "native:process" {
  const process: {
    arch: string;
    argv(): string[];
    environ(): Record<string, string>;
    cwd(): string;
    chdir(path: string): void;
    umask(mask?: number): number;
    exit(code: number): never;
    abort(): never;
    kill(pid: number, signal: number): void;
    pid(): number;
    ppid(): number;
    uid(): number;
    euid(): number;
    gid(): number;
    egid(): number;
    groups(): number[];
    uname(): [sysname: string, nodename: string, release: string, version: string, machine: string];
    /** uptime s, load 1, 5, 15, total bytes, free bytes */
    sysinfo(): [number, number, number, number, number, number];
    rusage(): [userUs: number, systemUs: number, maxRssKib: number];
    execPath(): string;
  };
  export default process;
}

declare module "native:spawn" {
  const spawn: {
    /** fds: descriptor to inherit at each number, -1 for /dev/null. uid, gid: -1 keeps. */
    spawn(
      file: string,
      argv: readonly string[],
      envp: readonly string[],
      cwd: string | null,
      fds: readonly number[],
      detached: boolean,
      uid: number,
      gid: number,
    ): number;
    /** Feeds `input` to the descriptor `stdin`, reads the two others, waits; closes all three. -1: none. */
    collect(
      pid: number,
      stdin: number,
      input: Uint8Array,
      stdout: number,
      stderr: number,
      timeoutMs: number,
      killSignal: number,
      maxBytes: number,
    ): [
      exitCode: number | null,
      signal: number | null,
      stdout: Uint8Array,
      stderr: Uint8Array,
      timedOut: boolean,
      overflowed: boolean,
    ];
  };
  export default spawn;
}

declare module "native:events" {
  const events: {
    watchSignal(signal: number, callback: () => void): number;
    unwatchSignal(id: number): void;
    /** Both null: it has ended, but was not our child. */
    watchExit(pid: number, callback: (exitCode: number | null, signal: number | null) => void): number;
    unwatchExit(id: number): void;
    resetSignals(): void;
  };
  export default events;
}

declare module "native:fd" {
  const fd: {
    openat2(dirfd: number, path: string, flags: number, mode: number, resolve: number): number;
    closeFrom(first: number): void;
    /** At most 64. */
    closeAllBut(keep: readonly number[]): void;
    dup(fd: number): number;
    dup2(from: number, to: number): void;
    setCloexec(fd: number, on: boolean): void;
    setNonBlocking(fd: number, on: boolean): void;
    pipe(): [read: number, write: number];
    socketpair(): [number, number];
    read(fd: number, maxBytes: number): Uint8Array;
    /** null: there is no such file, or it has just gone. */
    readLine(path: string, maxBytes: number): string | null;
    write(fd: number, data: Uint8Array | string): number;
    keepText(...parts: readonly unknown[]): void;
    writeKept(fd: number): void;
    forgetKept(): void;
    mknod(path: string, mode: number, major: number, minor: number): void;
    mknodat(dirfd: number, name: string, mode: number, major: number, minor: number): void;
    mkdirat(dirfd: number, name: string, mode: number): void;
    symlinkat(target: string, dirfd: number, name: string): void;
    linkFd(fd: number, path: string): void;
    fchownat(dirfd: number, name: string, uid: number, gid: number): void;
    fchdir(fd: number): void;
    setxattr(path: string, name: string, value: Uint8Array): void;
    getxattr(path: string, name: string): Uint8Array;
    listxattr(path: string): string[];
    isLocked(path: string): boolean;
    flock(fd: number, operation: number): void;
  };
  export default fd;
}

declare module "native:linux" {
  const linux: {
    clone3(flags: number, cgroupFd: number, child: () => number): [pid: number, pidfd: number];
    fork(child: () => number | undefined, stay: boolean): number;
    execve(path: string, argv: readonly string[], envp: readonly string[]): never;
    waitpid(pid: number, block: boolean): [pid: number, exitCode: number | null, signal: number | null] | null;
    pidfdOpen(pid: number): number;
    pidfdSendSignal(pidfd: number, signal: number): void;
    prctl(option: number, arg2?: number, arg3?: number, arg4?: number, arg5?: number): number;
    unshare(flags: number): void;
    setns(fd: number, nstype: number): void;
    setsid(): number;
    setpgid(pid: number, pgid: number): void;
    setresuid(real: number, effective: number, saved: number): void;
    setresgid(real: number, effective: number, saved: number): void;
    personality(persona: number): number;
    sync(): void;
    setgroups(groups: readonly number[]): void;
    capset(effective: bigint, permitted: bigint, inheritable: bigint): void;
    capget(): [effective: bigint, permitted: bigint, inheritable: bigint];
    seccompFilter(program: Uint8Array, flags: number): void;
    prlimit(pid: number, resource: number, soft: bigint, hard: bigint): void;
    sethostname(name: string): void;
    setdomainname(name: string): void;
    setClock(epochMs: number): void;
    addEntropy(bytes: Uint8Array): void;
    bootTimeMs(): number;
    sleep(ms: number): void;
    bpf(command: number, attr: Uint8Array, offsets: readonly number[], buffers: readonly Uint8Array[]): number;
  };
  export default linux;
}

declare module "native:mount" {
  const mount: {
    mount(source: string | null, target: string, type: string | null, flags: number, data: string | null): void;
    umount2(target: string, flags: number): void;
    pivotRoot(newRoot: string, putOld: string): void;
    chroot(path: string): void;
    openTree(dirfd: number, path: string, flags: number): number;
    moveMount(fromFd: number, from: string, toFd: number, to: string, flags: number): void;
    mountSetattr(
      dirfd: number,
      path: string,
      flags: number,
      set: number,
      clear: number,
      propagation: number,
      userNsFd: number,
    ): void;
  };
  export default mount;
}

declare module "native:tty" {
  const tty: {
    openPty(ptmx: string): [master: number, slavePath: string];
    isatty(fd: number): boolean;
    setControllingTerminal(fd: number): void;
    getWindowSize(fd: number): [columns: number, rows: number];
    setWindowSize(fd: number, columns: number, rows: number): void;
    pushInput(fd: number, text: string): void;
    /** The settings before, for `restore`. */
    rawMode(fd: number): Uint8Array;
    restore(fd: number, settings: Uint8Array): void;
  };
  export default tty;
}

declare module "native:net" {
  const net: {
    unixListen(path: string): number;
    unixConnect(path: string): number;
    accept(fd: number): number;
    peerCredentials(fd: number): [pid: number, uid: number, gid: number];
    sendMessage(fd: number, data: Uint8Array, fds: readonly number[]): void;
    receiveMessage(fd: number, maxBytes: number): [data: Uint8Array, fds: number[]] | null;
    shutdown(fd: number, how: number): void;
    netlinkSocket(protocol: number): number;
    udpSocket(address: string, port: number): number;
    receiveFrom(fd: number): [data: Uint8Array, address: string, port: number] | null;
    sendTo(fd: number, data: Uint8Array, address: string, port: number): void;
  };
  export default net;
}

declare module "native:resident" {
  const resident: {
    /** Forks a worker for each client of the listening descriptor; `handler` runs in the worker, which has the descriptors `keep`. */
    serve(listenFd: number, handler: () => void, keep: readonly number[]): number;
    /** In a worker: the client has died. Without a callback the worker gets SIGHUP. */
    onClientGone(callback: (() => void) | undefined): void;
    /** Whether this process is a worker whose client waits for it. */
    hasClient(): boolean;
    /** The client ends with that code, the worker goes on. */
    releaseClient(exitCode: number): void;
  };
  export default resident;
}
