/**
 * Namespaces that are entered (setns(2)), not made. A process in between enters them and makes the container's init with
 * CLONE_PARENT, so that the init is the child of whoever called: a PID namespace takes only children, and the supervisor
 * itself stays where it is. A user namespace comes first, since it decides what may be entered after it.
 */
import { CLONE_NEWUSER, CLONE_PARENT, O_CLOEXEC, O_RDONLY } from "../linux/constants.ts";
import type { CloneResult } from "../linux/syscalls.ts";
import type { Host } from "./host.ts";
import { namespaceFile } from "./namespace-names.ts";
import type { NamespaceJoin } from "./spec.ts";
import { readState } from "./state.ts";

const CONTAINER = "container:";

/** "container:ID" is the namespace of that container's init, which must run. */
function pathOf({ paths }: Host, { type, path }: NamespaceJoin): string {
  if (!path.startsWith(CONTAINER)) return path;
  const id = path.slice(CONTAINER.length);
  const state = readState(paths, id);
  if (!state) throw new Error(`No such container: ${id}`);
  if (state.status !== "running" || state.pid === null) {
    throw new Error(
      `cannot join ${namespaceFile(type)} namespace of a non running container: container ${id} is ${state.status}`,
    );
  }
  return `/proc/${state.pid}/ns/${namespaceFile(type)}`;
}

export interface OpenJoin {
  readonly type: number;
  readonly fd: number;
}

/** The user namespace first. */
export function openJoins(host: Host, joins: readonly NamespaceJoin[]): OpenJoin[] {
  const open: OpenJoin[] = [];
  try {
    for (const join of joins) {
      open.push({ type: join.type, fd: host.linux.open(pathOf(host, join), O_RDONLY | O_CLOEXEC) });
    }
  } catch (error) {
    for (const { fd } of open) host.linux.close(fd);
    throw error;
  }
  return open.sort((a, b) => Number(b.type === CLONE_NEWUSER) - Number(a.type === CLONE_NEWUSER));
}

/** As clone3, from within the joined namespaces. */
export function cloneInto(
  { linux }: Host,
  joins: readonly OpenJoin[],
  options: { readonly flags: number; readonly cgroupFd: number },
  child: () => number,
): CloneResult {
  const [ours, theirs] = linux.socketpair();
  const between = linux.fork(() => {
    try {
      for (const { type, fd } of joins) linux.setns(fd, type);
      const { pid } = linux.clone3({ ...options, flags: options.flags | CLONE_PARENT }, child);
      linux.write(theirs, JSON.stringify({ pid }));
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      linux.write(theirs, JSON.stringify({ message, code }));
    }
    return 0;
  });
  linux.close(theirs);
  const answer = JSON.parse(Buffer.from(linux.read(ours, 4096)).toString() || "{}") as {
    pid?: number;
    message?: string;
    code?: string;
  };
  linux.close(ours);
  linux.waitpid(between);
  if (answer.pid === undefined) {
    const message = answer.message ?? "the process that enters the namespaces has died";
    throw Object.assign(new Error(message), answer.code === undefined ? {} : { code: answer.code });
  }
  return { pid: answer.pid, pidfd: linux.pidfdOpen(answer.pid) };
}
