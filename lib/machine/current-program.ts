/**
 * Which program the CPU is running: `current` of the kernel (arch/x86/include/asm/current.h), as PID and execve(2)
 * count. One CPU, so `current_task` is a plain variable. Read between slices.
 */
import type { KernelLayout } from "../protocol/layout.ts";
import type { Emulator } from "./emulator.ts";

/** Returns a reader: "PID.EXECS", "idle" for the idle task, null where the layout lacks a field or RAM makes no sense. */
export function currentProgramReader(layout: KernelLayout, emulator: Pick<Emulator, "memory">): () => string | null {
  const { current_task: currentTask } = layout.symbols;
  const { PAGE_OFFSET: pageOffset, "task_struct.pid": pid, "task_struct.self_exec_id": execId } = layout.offsets;
  // The layout's numbers are a compiler's signed words.
  const base = (pageOffset ?? 0) >>> 0;
  if (currentTask === undefined || pageOffset === undefined || pid === undefined || execId === undefined)
    return () => null;
  let ram = new Uint8Array();
  let words = new DataView(ram.buffer);
  const u32 = (at: number): number | null => (at >= 0 && at + 4 <= words.byteLength ? words.getUint32(at, true) : null);
  return () => {
    const now = emulator.memory();
    if (now !== ram) {
      ram = now as Uint8Array<ArrayBuffer>;
      words = new DataView(ram.buffer, ram.byteOffset, ram.byteLength);
    }
    const task = u32(currentTask - base);
    const number = task === null ? null : u32(task - base + pid);
    if (task === null || number === null) return null;
    return number === 0 ? "idle" : `${number}.${u32(task - base + execId)}`;
  };
}
