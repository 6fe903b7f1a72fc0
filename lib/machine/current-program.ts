/**
 * Which program the CPU is running: `current` of the kernel (arch/x86/include/asm/current.h), as PID and execve(2)
 * count. One CPU, so `current_task` is a plain variable. Read between slices.
 */
import { GuestMemory } from "../introspect/guest-memory.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import type { Emulator } from "./emulator.ts";

/** Returns a reader: "PID.EXECS", "idle" for the idle task, null where the layout lacks a field or RAM makes no sense. */
export function currentProgramReader(layout: KernelLayout, emulator: Pick<Emulator, "memory">): () => string | null {
  const { current_task: currentTask } = layout.symbols;
  const { "task_struct.pid": pid, "task_struct.self_exec_id": execId } = layout.offsets;
  if (currentTask === undefined || pid === undefined || execId === undefined) return () => null;
  const memory = new GuestMemory();
  const place = memory.offsetOf(currentTask);
  return () => {
    memory.attach(emulator.memory());
    const task = memory.pointer(place);
    if (task === 0) return null;
    const number = memory.i32(task + pid);
    return number === 0 ? "idle" : `${number}.${memory.u32(task + execId)}`;
  };
}
