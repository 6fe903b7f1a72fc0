import { AgentRefused, type MachineClient } from "../machine/client.ts";

/** Why the guest did not do what was asked; null where it did. What came of it, the kernel shows. */
export interface Refusal {
  /** An errno name, or one of the agent's own reasons. */
  readonly code: string;
  readonly message: string;
}

/** strerror(3), as the guest's shell prints what write(2) and open(2) answered. */
const ERRNO_BY_TEXT: Readonly<Record<string, string>> = {
  "Invalid argument": "EINVAL",
  "Permission denied": "EACCES",
  "Operation not permitted": "EPERM",
  "No such file or directory": "ENOENT",
  "Device or resource busy": "EBUSY",
  "Numerical result out of range": "ERANGE",
  "Operation not supported": "EOPNOTSUPP",
  "No such device": "ENODEV",
  "No such process": "ESRCH",
  "Cannot allocate memory": "ENOMEM",
  "Read-only file system": "EROFS",
};

/** Writes a value to a file of the guest as `echo VALUE > FILE` does: one write(2), whose errno is the answer. */
export async function writeGuestFile(client: MachineClient, path: string, value: string): Promise<Refusal | null> {
  return refusalOf(async () => {
    const command = `LC_ALL=C printf '%s\\n' ${quote(value)} > ${quote(path)}`;
    const { exitCode, stderr } = await client.ask("shell", { command });
    if (exitCode === 0) return null;
    const said = stderr.trim().split(": ").at(-1) ?? "";
    return { code: ERRNO_BY_TEXT[said] ?? "EIO", message: stderr.trim() };
  });
}

export async function sendSignal(client: MachineClient, pid: number, signal: string): Promise<Refusal | null> {
  return refusalOf(async () => {
    await client.ask("kill", { pid, signal });
    return null;
  });
}

export async function setContainerPaused(
  client: MachineClient,
  container: string,
  paused: boolean,
): Promise<Refusal | null> {
  return refusalOf(async () => {
    await client.ask(paused ? "pause" : "unpause", { container });
    return null;
  });
}

/** A `box` command line without a terminal, e.g. ["rm", "-f", ID]. */
export async function runBox(client: MachineClient, argv: readonly string[]): Promise<Refusal | null> {
  return refusalOf(async () => {
    const { exitCode, stderr } = await client.ask("box", { argv });
    return exitCode === 0 ? null : { code: `exit ${exitCode}`, message: stderr.trim() };
  });
}

async function refusalOf(act: () => Promise<Refusal | null>): Promise<Refusal | null> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof AgentRefused) return { code: error.code, message: error.message };
    throw error;
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
