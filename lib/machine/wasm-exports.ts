/**
 * v86's WebAssembly module, instantiated by us through its public option `wasm_fn`, with three exports wrapped:
 *
 * - `zero_memory`: a restore first zeroes all RAM. A fresh WebAssembly memory is zero already, so the first call on a
 *   fresh instance is skipped: on 256 MiB that is two thirds of the time to a prompt. An instance restores once
 *   (a reset makes a new one), so there is no second.
 * - `main_loop`: one slice of emulation, about a millisecond. The guest stands still when it returns: the place to
 *   read its memory. It returns the milliseconds that the CPU wants to sleep, 0 when it has more to do. v86 does not
 *   sleep for a part of a millisecond but asks again and again until it has passed, at each tick of an idle guest: such
 *   a wish is rounded up.
 * - `reset_cpu`: called once at the start, and again when the guest asks for a reboot.
 *
 * The names are those of v86's src/rust/cpu/cpu.rs in the pinned version.
 */
export interface SliceListener {
  beforeSlice(): void;
  /** `sleepMs` is 0 while the CPU is busy. */
  afterSlice(sleepMs: number): void;
  onReboot(): void;
  /** v86 has translated a page of guest code and hands it to the browser's compiler. In the middle of a slice. */
  onCompile(): void;
}

export interface CpuControl {
  setJit(on: boolean): void;
  /** IF in EFLAGS: a halted CPU without it never wakes. */
  interruptsEnabled(): boolean;
}

type Exports = WebAssembly.Exports & Record<string, unknown>;

/** What v86 hands to a timer. */
const LEAST_SLEEP_MS = 1;

/** Where set_jit_config keeps what (src/rust/jit.rs). */
const JIT_DISABLED = 0;
const MAX_PAGES = 1;
const MAX_EXTRA_BASIC_BLOCKS = 3;

/** RFLAGS.IF, Intel SDM vol. 1, 3.4.3. */
const INTERRUPT_FLAG = 1 << 9;

function exported<T>(exports: Exports, name: string): T {
  const found = exports[name];
  if (typeof found !== "function") throw new Error(`v86.wasm has no export ${name}; install the pinned v86 version`);
  return found as T;
}

export function cpuControl(exports: WebAssembly.Exports): CpuControl {
  const setJitConfig = exported<(index: number, value: number) => void>(exports as Exports, "set_jit_config");
  // One page a module, and no block twice: by default a module takes in two neighbours and repeats the bodies of loops that
  // have several entries. That doubles what compiling costs, for which a shell loop of three seconds is a tenth faster.
  setJitConfig(MAX_PAGES, 1);
  setJitConfig(MAX_EXTRA_BASIC_BLOCKS, 0);
  const getEflags = exported<() => number>(exports as Exports, "get_eflags");
  return {
    setJit: (on) => setJitConfig(JIT_DISABLED, on ? 0 : 1),
    interruptsEnabled: () => (getEflags() & INTERRUPT_FLAG) !== 0,
  };
}

/** The imports as the module is to see them. */
export function wrapImports(env: WebAssembly.ModuleImports, listener: SliceListener): WebAssembly.ModuleImports {
  const finalize = env.codegen_finalize;
  if (typeof finalize !== "function") throw new Error("v86 gives no codegen_finalize; install the pinned v86 version");
  return {
    ...env,
    codegen_finalize(...compiled: readonly unknown[]): void {
      listener.onCompile();
      finalize(...compiled);
    },
  };
}

/** The exports as v86 is to see them. */
export function wrapExports(exports: WebAssembly.Exports, listener: SliceListener): WebAssembly.Exports {
  const zeroMemory = exported<(from: number, size: number) => void>(exports as Exports, "zero_memory");
  const mainLoop = exported<() => number>(exports as Exports, "main_loop");
  const resetCpu = exported<() => void>(exports as Exports, "reset_cpu");
  let fresh = true;
  let started = false;
  return {
    ...exports,
    zero_memory: (from: number, size: number): void => {
      if (fresh) fresh = false;
      else zeroMemory(from, size);
    },
    main_loop: (): number => {
      listener.beforeSlice();
      const sleepMs = mainLoop();
      listener.afterSlice(sleepMs);
      return sleepMs > 0 && sleepMs < LEAST_SLEEP_MS ? LEAST_SLEEP_MS : sleepMs;
    },
    reset_cpu: (): void => {
      resetCpu();
      if (started) listener.onReboot();
      started = true;
    },
  };
}
