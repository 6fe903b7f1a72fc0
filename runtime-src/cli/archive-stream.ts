/**
 * The archive that `load` and `import` read from standard input. Whoever writes it may be a `docker save`, which holds the
 * lock on the images until all is written, and we would wait for that lock: so nothing is locked before there is something
 * to read, and when somebody holds the lock then, all is read first, into a file without a name on the disk.
 */
import { ownImages } from "../image/store.ts";
import { O_CLOEXEC, O_RDONLY, O_RDWR, O_TMPFILE } from "../linux/constants.ts";
import type { Runtime } from "./runtime.ts";

const CHUNK_BYTES = 65_536;

/** A descriptor to read it from. */
export async function archiveStream({ linux, paths }: Runtime): Promise<number> {
  await new Promise<void>((resolve) => {
    const watch = linux.onReadable(0, () => {
      watch.dispose();
      resolve();
    });
  });
  if (!linux.isLocked(`${ownImages(paths)}/lock`)) return 0;
  const kept = linux.open(paths.lib, O_TMPFILE | O_RDWR | O_CLOEXEC, 0o600);
  for (let chunk = linux.read(0, CHUNK_BYTES); chunk.length > 0; chunk = linux.read(0, CHUNK_BYTES)) {
    linux.write(kept, chunk);
  }
  const input = linux.open(`/proc/self/fd/${kept}`, O_RDONLY | O_CLOEXEC);
  linux.close(kept);
  return input;
}
