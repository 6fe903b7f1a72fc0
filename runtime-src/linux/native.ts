/**
 * LinuxCalls over the engine's C (engine/native.d.ts). Only the guest bundle can import this file: under real Node there
 * is no `native:` and tests use recording.ts instead.
 */
import events from "native:events";
import fdCalls from "native:fd";
import fs from "native:fs";
import calls from "native:linux";
import loop from "native:loop";
import mountCalls from "native:mount";
import net from "native:net";
import processCalls from "native:process";
import tty from "native:tty";
import { forgetTicks } from "../node/next-tick.ts";
import type { Disposable, LinuxCalls } from "./syscalls.ts";

const once = (dispose: () => void): Disposable => {
  let disposed = false;
  return {
    dispose: () => {
      if (!disposed) dispose();
      disposed = true;
    },
  };
};

/** What the parent had queued for its next tick is not the child's. */
const inChild =
  <T>(child: () => T): (() => T) =>
  () => {
    forgetTicks();
    return child();
  };

export const linux: LinuxCalls = {
  clone3: ({ flags, cgroupFd = -1 }, child) => {
    const [pid, pidfd] = calls.clone3(flags, cgroupFd, inChild(child));
    return { pid, pidfd };
  },
  fork: (child, options) => calls.fork(inChild(child), options?.stay === true),
  unshare: calls.unshare,
  setns: calls.setns,
  execve: calls.execve,
  exit: processCalls.exit,
  waitpid: (pid, block = true) => {
    const result = calls.waitpid(pid, block);
    return result && { pid: result[0], exitCode: result[1], signal: result[2] };
  },
  kill: processCalls.kill,
  pidfdOpen: calls.pidfdOpen,
  pidfdSendSignal: calls.pidfdSendSignal,
  setsid: calls.setsid,
  setpgid: calls.setpgid,
  getppid: processCalls.ppid,
  prctl: calls.prctl,
  setresuid: calls.setresuid,
  setresgid: calls.setresgid,
  setgroups: calls.setgroups,
  capset: calls.capset,
  capget: () => {
    const [effective, permitted, inheritable] = calls.capget();
    return { effective, permitted, inheritable };
  },
  seccompFilter: calls.seccompFilter,
  prlimit: calls.prlimit,
  umask: processCalls.umask,
  sethostname: calls.sethostname,
  setdomainname: calls.setdomainname,
  personality: calls.personality,
  setClock: calls.setClock,
  addEntropy: calls.addEntropy,
  bootTimeMs: calls.bootTimeMs,
  sleep: calls.sleep,
  sync: calls.sync,

  mount: mountCalls.mount,
  umount2: mountCalls.umount2,
  pivotRoot: mountCalls.pivotRoot,
  chroot: mountCalls.chroot,
  chdir: processCalls.chdir,
  getcwd: processCalls.cwd,
  openTree: mountCalls.openTree,
  moveMount: mountCalls.moveMount,
  mountSetattr: (dirfd, path, flags, { set, clear, propagation, userNsFd = 0 }) =>
    mountCalls.mountSetattr(dirfd, path, flags, set, clear, propagation, userNsFd),

  open: (path, flags, mode = 0o666) => fs.open(path, flags, mode),
  openat2: (dirfd, path, { flags, mode = 0, resolve }) => fdCalls.openat2(dirfd, path, flags, mode, resolve),
  close: fs.close,
  closeFrom: fdCalls.closeFrom,
  closeAllBut: fdCalls.closeAllBut,
  dup: fdCalls.dup,
  dup2: fdCalls.dup2,
  setCloexec: fdCalls.setCloexec,
  pipe: fdCalls.pipe,
  socketpair: fdCalls.socketpair,
  read: fdCalls.read,
  readLine: fdCalls.readLine,
  write: fdCalls.write,
  keepText: fdCalls.keepText,
  writeKept: fdCalls.writeKept,
  forgetKept: fdCalls.forgetKept,
  setNonBlocking: fdCalls.setNonBlocking,
  mknod: fdCalls.mknod,
  mknodat: fdCalls.mknodat,
  mkdirat: fdCalls.mkdirat,
  symlinkat: fdCalls.symlinkat,
  linkFd: fdCalls.linkFd,
  fchownat: fdCalls.fchownat,
  fchdir: fdCalls.fchdir,
  setxattr: fdCalls.setxattr,
  getxattr: fdCalls.getxattr,
  listxattr: fdCalls.listxattr,
  flock: fdCalls.flock,
  isLocked: fdCalls.isLocked,

  openPty: (ptmx = "/dev/ptmx") => {
    const [master, slavePath] = tty.openPty(ptmx);
    return { master, slavePath };
  },
  isatty: tty.isatty,
  setControllingTerminal: tty.setControllingTerminal,
  getWindowSize: (fd) => {
    const [columns, rows] = tty.getWindowSize(fd);
    return { columns, rows };
  },
  setWindowSize: tty.setWindowSize,
  pushInput: tty.pushInput,
  rawMode: (fd) => {
    const settings = tty.rawMode(fd);
    return once(() => tty.restore(fd, settings));
  },

  unixListen: net.unixListen,
  unixConnect: net.unixConnect,
  unixAccept: net.accept,
  sendMessage: net.sendMessage,
  receiveMessage: (fd, maxBytes) => {
    const message = net.receiveMessage(fd, maxBytes);
    return message && { data: message[0], fds: message[1] };
  },
  netlinkSocket: net.netlinkSocket,
  udpSocket: net.udpSocket,
  receiveFrom: (fd) => {
    const datagram = net.receiveFrom(fd);
    return datagram && { data: datagram[0], address: datagram[1], port: datagram[2] };
  },
  sendTo: net.sendTo,

  bpf: (command, attr, pointers) =>
    calls.bpf(command, attr, [...(pointers?.keys() ?? [])], [...(pointers?.values() ?? [])]),

  onReadable: (fd, callback) => {
    const id = loop.watch(fd, false, callback);
    return once(() => loop.unwatch(id));
  },
  onWritable: (fd, callback) => {
    const id = loop.watch(fd, true, callback);
    return once(() => loop.unwatch(id));
  },
  onSignal: (signal, callback) => {
    const id = events.watchSignal(signal, callback);
    return once(() => events.unwatchSignal(id));
  },
  onExit: (pid, callback) => {
    const id = events.watchExit(pid, (exitCode, signal) => callback({ pid, exitCode, signal }));
    return once(() => events.unwatchExit(id));
  },
  resetSignals: events.resetSignals,
};
