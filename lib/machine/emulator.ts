/**
 * v86 behind the few calls that the machine needs. The constructor and the compiled module come from outside, so the
 * same code runs in the browser's worker and under Node; nothing here imports v86 itself.
 *
 * Order: construct, wait for "emulator-loaded", restore the state, run. The state is not given as `initial_state`,
 * because v86 swallows what goes wrong there and runs on without it. Input sent before `run` is lost.
 */
import type { V86, V86Options } from "v86";
import { createSliceClock, type SliceClock } from "./slice-clock.ts";
import { type LoadTreeFile, serveTree } from "./tree-files.ts";
import { type CpuControl, cpuControl, type SliceListener, wrapExports, wrapImports } from "./wasm-exports.ts";

export type V86Constructor = new (options: V86Options) => V86;

/** A virtio console: port N of the guest is hvcN. */
export type Port = 0 | 1 | 2 | 3;

export interface EmulatorListener extends Omit<SliceListener, "beforeSlice"> {
  onConsole(port: Port, data: Uint8Array): void;
  /** An ethernet frame that the guest has sent. */
  onFrame(frame: Uint8Array): void;
  /** A byte of ttyS0, the kernel log. */
  onSerialByte(byte: number): void;
}

export interface Emulator extends CpuControl {
  run(): Promise<void>;
  stop(): Promise<void>;
  destroy(): Promise<void>;
  restore(state: ArrayBuffer): Promise<void>;
  saveState(): Promise<ArrayBuffer>;
  /** At most 4 KiB at a time; dropped when the guest has posted no buffer. */
  send(port: Port, data: Uint8Array): void;
  /** An ethernet frame for the guest's network card; dropped when it has posted no buffer. */
  sendFrame(frame: Uint8Array): void;
  resize(port: Port, columns: number, rows: number): void;
  /** Makes a file in the 9p tree, where the guest finds it at once. The folder must exist there; mode 0666. */
  putFile(path: string, data: Uint8Array): Promise<void>;
  /**
   * From now on the files of the 9p tree come from `load`, by their names in the pool. What cannot be loaded is EIO in the
   * guest and told to `onFailure`; v86's own loader would retry for ever and let the reading program hang.
   */
  serveTreeFrom(load: LoadTreeFile, onFailure: (path: string, reason: string) => void): void;
  running(): boolean;
  instructionCounter(): number;
  /** All of guest RAM, live. Ask for it anew at each use: growing memory detaches a view. */
  memory(): Uint8Array;
}

const PORTS: readonly Port[] = [0, 1, 2, 3];

/** Events and methods that v86 has and its declarations lack. */
interface UntypedV86 {
  add_listener(event: string, listener: (argument: never) => void): void;
  bus: { send(event: string, argument: unknown): void };
  read_memory(offset: number, length: number): Uint8Array;
  /** The class of v86's inner machine holds the clock that its devices read. */
  v86: { constructor: { microtick: () => number } };
}

export async function createEmulator(
  V86Class: V86Constructor,
  module: WebAssembly.Module,
  options: V86Options,
  listener: EmulatorListener,
  clock: SliceClock = createSliceClock(() => performance.now()),
): Promise<Emulator> {
  let control: CpuControl | null = null;
  const v86 = await new Promise<V86>((resolve, reject) => {
    const instantiate = async (imports: WebAssembly.Imports): Promise<WebAssembly.Exports> => {
      try {
        const slices = onClock(clock, () => instance, listener);
        const env = wrapImports({ ...imports.env, microtick: clock.now }, slices);
        const { exports } = await WebAssembly.instantiate(module, { ...imports, env });
        control = cpuControl(exports);
        return wrapExports(exports, slices);
      } catch (error) {
        reject(error);
        return new Promise(() => {});
      }
    };
    const instance: V86 = new V86Class({ ...options, wasm_fn: instantiate, autostart: false });
    listen(instance, listener);
    instance.add_listener("download-error", (error) => reject(new Error(`${error.file_name}: not loaded`)));
    instance.add_listener("emulator-loaded", () => resolve(instance));
  });
  if (!control) throw new Error("v86 loaded without asking for its module");
  return { ...(control as CpuControl), ...callsOf(v86, options.memory_size ?? 0) };
}

/** Processor and devices on one clock; the devices' belongs to v86's class, so each slice takes it for its own machine. */
function onClock(clock: SliceClock, instance: () => V86, listener: EmulatorListener): SliceListener {
  return {
    ...listener,
    beforeSlice() {
      (instance() as unknown as UntypedV86).v86.constructor.microtick = clock.now;
      clock.beginSlice();
    },
    afterSlice(sleepMs) {
      clock.endSlice();
      listener.afterSlice(sleepMs);
    },
  };
}

function listen(instance: V86, listener: EmulatorListener): void {
  const untyped = instance as unknown as UntypedV86;
  for (const port of PORTS)
    untyped.add_listener(`virtio-console${port}-output-bytes`, (data: Uint8Array) => listener.onConsole(port, data));
  untyped.add_listener("net0-send", (frame: Uint8Array) => listener.onFrame(frame));
  instance.add_listener("serial0-output-byte", (byte) => listener.onSerialByte(byte));
}

function callsOf(v86: V86, memoryBytes: number): Omit<Emulator, keyof CpuControl> {
  const untyped = v86 as unknown as UntypedV86;
  let view: Uint8Array = new Uint8Array();
  return {
    run: () => v86.run(),
    stop: () => v86.stop(),
    destroy: () => v86.destroy(),
    restore: (state) => v86.restore_state(state),
    saveState: () => v86.save_state(),
    send: (port, data) => untyped.bus.send(`virtio-console${port}-input-bytes`, data),
    sendFrame: (frame) => untyped.bus.send("net0-receive", frame),
    // v86 sends rows first, as Linux once read them; since the fix of 6.1.y the driver reads columns first, as the
    // virtio specification has it (5.3.6.2). So the two are handed over the wrong way round.
    resize: (port, columns, rows) => untyped.bus.send(`virtio-console${port}-resize`, [rows, columns]),
    putFile: (path, data) => v86.create_file(path, data),
    serveTreeFrom: (load, onFailure) => serveTree(v86, load, onFailure),
    running: () => v86.is_running(),
    instructionCounter: () => v86.get_instruction_counter(),
    memory() {
      // A grown WebAssembly memory detaches its old views: they then have no length.
      if (view.byteLength === 0) view = untyped.read_memory(0, memoryBytes);
      return view;
    },
  };
}
