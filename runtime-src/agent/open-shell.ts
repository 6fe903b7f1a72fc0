/**
 * "Open a shell here": the command is typed at the terminal's own prompt (ioctl_tty(2), TIOCSTI), so that it is the
 * visitor's shell that runs it and the line stands there to be read. Only where that shell is idle: it is the leader of its
 * session and of the terminal's foreground group (proc(5), stat: tty_nr, tpgid).
 */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import type { AgentMethods } from "../../lib/protocol/agent.ts";
import { requireRunning } from "../cli/each-container.ts";
import type { Runtime } from "../cli/runtime.ts";
import { isErrno } from "../container/host.ts";
import { O_CLOEXEC, O_NOCTTY, O_NONBLOCK, O_RDWR } from "../linux/constants.ts";
import { Refusal } from "./refusal.ts";

type OpenShell = AgentMethods["openShell"];

/** major number of virtio consoles as terminals (Documentation/admin-guide/devices.txt) */
const HVC_MAJOR = 229;
/** To the end of the line, and away with it: what was half typed must not become part of the command. */
const CLEAR_LINE = "\u0005\u0015";
const SHELLS = ["/bin/bash", "/usr/bin/bash"];

export function openShell(
  { linux, ...rest }: Runtime,
  { container, terminal }: OpenShell["params"],
): OpenShell["result"] {
  const number = /^hvc([02])$/.exec(terminal)?.[1];
  if (number === undefined) throw new Refusal("BAD_REQUEST", `no terminal "${terminal}": use hvc0 or hvc2`);
  const { name, pid } = requireRunning({ linux, ...rest }, container);
  if (!isIdle(Number(number))) throw new Refusal("BUSY", `${terminal} is not at a prompt: end what runs there first`);
  const shell = SHELLS.some((path) => isThere(`/proc/${pid}/root${path}`)) ? "bash" : "sh";
  const command = `docker exec -it ${name} ${shell}`;
  const fd = linux.open(`/dev/${terminal}`, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  try {
    linux.pushInput(fd, `${CLEAR_LINE}${command}\r`);
  } finally {
    linux.close(fd);
  }
  return { command };
}

/** A link counts as it is: followed from here it would end outside the container. */
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function isIdle(terminal: number): boolean {
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const fields = statFields(pid);
    // state ppid pgrp session tty_nr tpgid
    const [, , , session, tty, foreground] = fields;
    if (Number(tty) === HVC_MAJOR * 256 + terminal && session === pid) return foreground === pid;
  }
  return false;
}

/** After the name, which may hold anything. */
function statFields(pid: string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch (error) {
    if (isErrno(error, "ENOENT", "ESRCH")) return [];
    throw error;
  }
}
