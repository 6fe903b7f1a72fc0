/**
 * Letting the command end while its work goes on (-d). A resident's worker releases its client; run directly, a forked
 * copy goes on and the command waits until it says so.
 */
import { O_RDWR } from "../linux/constants.ts";
import { reportFailure } from "./failure.ts";
import type { Runtime } from "./runtime.ts";

/** Standard streams of somebody who is not there any more. */
export function detachStdio({ linux }: Runtime): void {
  const fd = linux.open("/dev/null", O_RDWR);
  for (const target of [0, 1, 2]) linux.dup2(fd, target);
  if (fd > 2) linux.close(fd);
}

/** `work` calls `release` when the command may end, with its exit code; if it fails before, that is the command's end. */
export function runInBackground(
  runtime: Runtime,
  work: (release: (exitCode: number) => void) => Promise<number>,
): number | Promise<number> {
  const { linux, client } = runtime;
  if (client.isWaiting()) {
    return work((exitCode) => {
      detachStdio(runtime);
      client.release(exitCode);
    });
  }
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
      work(release).then(
        (exitCode) => linux.exit(exitCode),
        (error) => linux.exit(reportFailure(runtime, "run", error)),
      );
      return undefined;
    },
    { stay: true },
  );
  linux.close(writing);
  const released = linux.read(reading, 1)[0];
  return released ?? linux.waitpid(pid)?.exitCode ?? 125;
}
