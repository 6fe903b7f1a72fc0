/**
 * The machine as the page sees it: requests in, notices out (lib/protocol/machine.ts), whatever it runs in.
 *
 * States pass in the order of BootState: downloading, restoring, syncing, ready; paused and crashed come and go.
 * Every restore and every return from a pause sets the guest's clock before "ready". The snapshot stays in memory as it
 * came (some 20 MB, or 5 where the server sends it packed), so a reset costs a restore and no download. A snapshot that
 * cannot be restored leads to a cold boot of the same image.
 */
import { AGENT_VERSION } from "../protocol/agent.ts";
import type { HttpAnswer } from "../protocol/http.ts";
import type { BootState, MachineNotice, MachineRequest, TerminalId } from "../protocol/machine.ts";
import { TERMINALS } from "../protocol/machine.ts";
import type { JitMode } from "./governor.ts";
import { createGuestClock } from "./guest-clock.ts";
import { coldBootOptions, type GuestFiles, loadGuestFiles, restoreOptions, treeFileUrl } from "./guest-files.ts";
import type { MachineHost } from "./host.ts";
import { createIntrospection, type Introspection } from "./introspection.ts";
import { httpGet } from "./network/http-get.ts";
import { type Session, type SessionEvents, startSession } from "./session.ts";

/** A restored agent answers within milliseconds; a host under load may need longer, and the prompt works without it. */
const SYNC_TIMEOUT_MS = 3_000;
/** By what a request takes on its way, the guest's clock is late: after longer than this it is set again. */
const SYNC_LATE_MS = 500;
const COLD_BOOT_TIMEOUT_MS = 300_000;
const PROGRESS_MS = 80;
const COLD_BOOT_ASK_MS = 5_000;
const ENTROPY_BYTES = 32;

type BootRequest = Extract<MachineRequest, { type: "boot" }>;
type FailureCode = Extract<BootState, { state: "failed" }>["code"];

class BootFailure extends Error {
  readonly code: FailureCode;
  constructor(code: FailureCode, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.code = code;
  }
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const failAs =
  (code: FailureCode) =>
  (cause: unknown): never => {
    throw new BootFailure(code, cause);
  };

/** What throws here says that page and image do not belong together. */
function ofImage<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new BootFailure("image", error);
  }
}

export class Machine {
  private readonly host: MachineHost;
  private readonly notify: (notice: MachineNotice) => void;
  private boot: BootState = { state: "idle" };
  private files: GuestFiles | null = null;
  private jit: JitMode = "governed";
  private session: Session | null = null;
  /** Counts sessions; whatever belongs to an earlier one is no longer listened to. */
  private generation = 0;
  private introspection: Introspection | null = null;
  private watchHz = 10;
  private hidden = false;
  private held = false;
  private resumeTo: BootState = { state: "idle" };
  private sizes = new Map<TerminalId, readonly [columns: number, rows: number]>();
  private pendingInput: { readonly terminal: TerminalId; readonly data: Uint8Array }[] = [];

  constructor(host: MachineHost, notify: (notice: MachineNotice) => void) {
    this.host = host;
    this.notify = notify;
  }

  get state(): BootState {
    return this.boot;
  }

  /** The running session, for tools that share the machine's thread (headless guest, bench, tests). */
  get running(): Session | null {
    return this.session;
  }

  get inspector(): Introspection | null {
    return this.introspection;
  }

  handle(request: MachineRequest): void {
    switch (request.type) {
      case "boot":
        this.jit = request.jit;
        void this.start(request);
        return;
      case "input":
        this.input(request.terminal, request.data);
        return;
      case "resize":
        this.sizes.set(request.terminal, [request.columns, request.rows]);
        this.session?.resize(request.terminal, request.columns, request.rows);
        return;
      case "ask":
        void this.ask(request);
        return;
      case "http":
        void this.http(request);
        return;
      case "watch":
        this.watchHz = Math.min(60, Math.max(0, request.hz));
        this.introspection?.setHz(this.watchHz);
        return;
      case "visibility":
        this.hidden = !request.visible;
        void this.applyPause();
        return;
      case "pause":
      case "resume":
        this.held = request.type === "pause";
        void this.applyPause();
        return;
      case "put-file":
        // A folder that is not there is the only way to fail; the guest then finds no file, which says the same.
        this.session?.emulator.putFile(request.path, request.data).catch(() => {});
        return;
      case "reset":
        void this.reset();
        return;
    }
  }

  async end(): Promise<void> {
    this.generation++;
    const session = this.session;
    this.session = null;
    await session?.end();
    this.enter({ state: "idle" });
  }

  /** A download arrives in hundreds of pieces; the page is told a few times a second. */
  private progressListener(): (receivedBytes: number, totalBytes: number) => void {
    let toldAtMs = 0;
    return (receivedBytes, totalBytes) => {
      const nowMs = this.host.now();
      if (receivedBytes < totalBytes && nowMs - toldAtMs < PROGRESS_MS) return;
      toldAtMs = nowMs;
      this.enter({ state: "downloading", receivedBytes, totalBytes });
    };
  }

  private enter(boot: BootState): void {
    this.boot = boot;
    this.notify({ type: "boot-state", boot });
  }

  /** As a call, because the state may have changed during an await that TypeScript looks through. */
  private isIn(state: BootState["state"]): boolean {
    return this.boot.state === state;
  }

  private async start(request: BootRequest): Promise<void> {
    if (this.boot.state !== "idle" && this.boot.state !== "failed") return;
    const startedAtMs = this.host.now();
    try {
      this.enter({ state: "downloading", receivedBytes: 0, totalBytes: 0 });
      const code = this.host.loadV86().catch(failAs("wasm"));
      code.catch(() => {});
      this.files ??= await loadGuestFiles(this.host, request.manifestUrl, this.progressListener()).catch(
        failAs("download"),
      );
      await code;
      await this.run(this.files, startedAtMs);
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    const code = error instanceof BootFailure ? error.code : "internal";
    // A download is tried again with the next boot.
    if (code === "download") this.files = null;
    this.enter({ state: "failed", code, detail: error instanceof Error ? error.message : String(error) });
  }

  /** Restores, or boots cold where that fails, and leads to "ready". */
  private async run(files: GuestFiles, startedAtMs: number): Promise<void> {
    const generation = ++this.generation;
    let session: Session;
    try {
      const options = restoreOptions(this.host, files);
      session = await this.open(generation, files, { options, state: this.arrivalOf(files, generation) });
      this.showSavedTerminals(files);
    } catch (error) {
      if (generation !== this.generation) return;
      if (error instanceof BootFailure) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      this.enter({ state: "booting", reason });
      const options = await coldBootOptions(this.host, files).catch(failAs("image"));
      session = await this.open(generation, files, { options, state: null });
      await this.awaitColdBoot(session, generation);
    }
    if (generation !== this.generation) return;
    await this.sync(session);
    if (generation !== this.generation || !this.isIn("syncing")) return;
    const bootMs = this.host.now() - startedAtMs;
    this.enter({ state: "ready", bootMs, receivedBytes: files.receivedBytes() });
    for (const { terminal, data } of this.pendingInput.splice(0)) session.input(terminal, data);
    await this.applyPause();
  }

  private async arrivalOf(files: GuestFiles, generation: number): Promise<ArrayBuffer> {
    const state = await files.snapshot.catch(failAs("download"));
    if (generation === this.generation) this.enter({ state: "restoring" });
    return state;
  }

  private async open(
    generation: number,
    files: GuestFiles,
    start: Pick<Parameters<typeof startSession>[0], "options" | "state">,
  ): Promise<Session> {
    const loadTreeFile = (name: string): Promise<ArrayBuffer> => this.host.load(treeFileUrl(files, name), () => {});
    const { layout } = files;
    const guestTimeNs = ofImage(() => createGuestClock(layout));
    const parts = { ...start, host: this.host, layout, guestTimeNs, jit: this.jit, loadTreeFile };
    const session = await startSession(parts, this.eventsOf(generation));
    this.session = session;
    this.introspection = ofImage(() => this.introspectionOf(generation, files, session));
    return session;
  }

  private introspectionOf(generation: number, files: GuestFiles, session: Session): Introspection {
    const introspection = createIntrospection({
      layout: files.layout,
      emulator: session.emulator,
      now: () => this.host.now(),
      epochMs: () => this.host.epochMs(),
      notify: (notice) => {
        if (generation === this.generation) this.notify(notice);
      },
    });
    introspection.setHz(this.watchHz);
    return introspection;
  }

  private eventsOf(generation: number): SessionEvents {
    const current = (): boolean => generation === this.generation;
    return {
      notify: (notice) => {
        if (current()) this.notify(notice);
      },
      onCrash: (reason, lastWords) => {
        if (current()) void this.crash(reason, lastWords);
      },
      onReboot: () => {
        if (current()) void this.reset();
      },
      onSlice: (_, nowMs, sleepMs) => {
        // Until the prompt answers, the page has better things to do than to draw what nobody has changed.
        if (current() && !this.isIn("restoring") && !this.isIn("syncing"))
          this.introspection?.afterSlice(nowMs, sleepMs);
      },
    };
  }

  /** A v86 state has no terminal contents; the image's manifest has them. */
  private showSavedTerminals(files: GuestFiles): void {
    const encoder = new TextEncoder();
    for (const terminal of TERMINALS) {
      const text = files.manifest.terminals?.[terminal];
      if (text) this.notify({ type: "output", terminal, data: encoder.encode(text) });
    }
  }

  private async awaitColdBoot(session: Session, generation: number): Promise<void> {
    const until = this.host.now() + COLD_BOOT_TIMEOUT_MS;
    while (generation === this.generation && this.host.now() < until) {
      const answer = await session.agent.ask("hello", { version: AGENT_VERSION }, COLD_BOOT_ASK_MS);
      if (answer.ok) return;
    }
    if (generation === this.generation) throw new BootFailure("image", new Error("the guest did not come up"));
  }

  /** Clock, random numbers and window sizes, before input is answered. */
  private async sync(session: Session): Promise<void> {
    this.enter({ state: "syncing" });
    for (const [terminal, [columns, rows]] of this.sizes) session.resize(terminal, columns, rows);
    const endMs = this.host.now() + SYNC_TIMEOUT_MS;
    let askedMs: number;
    do {
      askedMs = this.host.now();
      const entropy = hex(crypto.getRandomValues(new Uint8Array(ENTROPY_BYTES)));
      await session.agent.ask("setClock", { epochMs: this.host.epochMs(), entropy }, endMs - askedMs);
    } while (this.host.now() - askedMs > SYNC_LATE_MS && this.host.now() < endMs);
  }

  private input(terminal: TerminalId, data: Uint8Array): void {
    const { state } = this.boot;
    if (state === "ready" && this.session) this.session.input(terminal, data);
    else if (state !== "crashed" && state !== "failed") this.pendingInput.push({ terminal, data });
  }

  private async ask(request: Extract<MachineRequest, { type: "ask" }>): Promise<void> {
    const { id, method, params, timeoutMs } = request;
    const answer = this.session
      ? await this.session.agent.ask(method, params as never, timeoutMs)
      : ({ ok: false, code: "GUEST_GONE", message: "the machine does not run; boot it first" } as const);
    this.notify({ type: "answer", id, answer: { ...answer, id } });
  }

  private async http({ id, request }: Extract<MachineRequest, { type: "http" }>): Promise<void> {
    const answer: HttpAnswer = this.session
      ? await httpGet(this.session.network, request)
      : { ok: false, reason: "no-machine", detail: "the machine does not run; boot it first" };
    this.notify({ type: "http-answer", id, answer });
  }

  /** Brings the emulator in line with what page and visitor want: running only when neither holds it. */
  private async applyPause(): Promise<void> {
    const session = this.session;
    const wanted = this.hidden || this.held;
    if (!session) return;
    if (wanted && this.boot.state === "ready") {
      const { bootMs, receivedBytes } = this.boot;
      this.resumeTo = { state: "ready", bootMs, receivedBytes };
      this.enter({ state: "paused", by: this.held ? "user" : "hidden" });
      await session.emulator.stop();
    } else if (!wanted && this.boot.state === "paused") {
      await session.emulator.run();
      await this.sync(session);
      if (session !== this.session || !this.isIn("syncing")) return;
      this.enter(this.resumeTo);
      for (const { terminal, data } of this.pendingInput.splice(0)) session.input(terminal, data);
      await this.applyPause();
    }
  }

  private async crash(reason: "panic" | "hang", lastWords: string): Promise<void> {
    if (this.boot.state === "crashed") return;
    this.pendingInput = [];
    this.enter({ state: "crashed", reason, lastWords });
    await this.session?.emulator.stop();
  }

  private async reset(): Promise<void> {
    const { files, session } = this;
    if (!files) return;
    this.generation++;
    this.session = null;
    this.introspection = null;
    this.pendingInput = [];
    await session?.end();
    try {
      await this.run(files, this.host.now());
    } catch (error) {
      this.fail(error);
    }
  }
}
