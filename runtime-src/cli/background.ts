/**
 * Letting the command end while its work goes on (-d). A resident's worker releases its client; run directly, a forked
 * copy goes on and the command waits until it says so.
 */
import { O_RDWR } from "../linux/constants.ts";
import { reportFailure } from "./failure.ts";
import type { Runtime } from "./runtime.ts";

const FAILED = 125;

/** Standard streams of somebody who is not there any more. */
export function detachStdio({ linux }: Runtime): void {
  const fd = linux.open("/dev/null", O_RDWR);
  for (const target of [0, 1, 2]) linux.dup2(fd, target);
  if (fd > 2) linux.close(fd);
}

/** `work` calls `release` when the command may end, with its exit code; if it fails before, that is the command's end. */
export function runInBackground(
  runtime: Runtime,
  verb: string,
  work: (release: (exitCode: number) => void) => Promise<number>,
): number | Promise<number> {
  const { linux, client } = runtime;
  if (client.isWaiting()) {
    return work((exitCode) => {
      detachStdio(runtime);
      client.release(exitCode);
    });
  }
  const { released, pid } = forkUntilReleased(runtime, (release) =>
    work(release).catch((error) => reportFailure(runtime, { verb, usage: verb }, error)),
  );
  return released?.[0] ?? linux.waitpid(pid)?.exitCode ?? FAILED;
}

/** For commands that start several: always a process of its own, whose failure before `release` is thrown here. */
export function forkInBackground(runtime: Runtime, work: (release: () => void) => Promise<number>): void {
  const { released, pid } = forkUntilReleased(runtime, (release, fail) =>
    work(() => release(0)).catch((error) => {
      fail((error as Error).message);
      return 1;
    }),
  );
  if (released?.[0] === 0) return;
  runtime.linux.waitpid(pid);
  throw new Error(released === null ? "its supervisor ended before it was started" : Buffer.from(released).toString());
}

type Work = (release: (exitCode: number) => void, fail: (words: string) => void) => Promise<number>;

/** What the child said on its pipe: one byte, its command's exit code, or the words of a failure; null: nothing. */
function forkUntilReleased(
  runtime: Runtime,
  work: Work,
): { readonly released: Uint8Array | null; readonly pid: number } {
  const { linux } = runtime;
  const [reading, writing] = linux.pipe();
  const pid = linux.fork(
    () => {
      linux.close(reading);
      linux.setsid();
      const release = (exitCode: number) => {
        detachStdio(runtime);
        linux.write(writing, new Uint8Array([exitCode]));
        linux.close(writing);
      };
      work(release, (words) => linux.write(writing, words)).then((exitCode) => linux.exit(exitCode));
      return undefined;
    },
    { stay: true },
  );
  linux.close(writing);
  const said = linux.read(reading, 65_536);
  linux.close(reading);
  return { released: said.length > 0 ? said : null, pid };
}
