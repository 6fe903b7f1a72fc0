/**
 * Readings of what changes in its own time: the kernel puts namespaces and groups away, init reaps, a supervisor ends after
 * the client that it has served. They are repeated until they are what is awaited, never made after a time.
 */
import { isDeepStrictEqual } from "node:util";

/** Milliseconds are enough; only what never comes takes that long, and a machine that builds and tests beside this one. */
const SETTLES_IN_MS = 60_000;
const STEADY_READINGS = 3;

/** The first reading that is accepted, else the last one. */
export async function settled<T>(read: () => Promise<T>, accepts: (reading: T) => boolean): Promise<T> {
  const untilMs = performance.now() + SETTLES_IN_MS;
  let reading = await read();
  while (!accepts(reading) && performance.now() < untilMs) reading = await read();
  return reading;
}

/** The reading once it is `wanted`, else the last one. */
export const settledAt = <T>(read: () => Promise<T>, wanted: T): Promise<T> =>
  settled(read, (reading) => isDeepStrictEqual(reading, wanted));

/** A reading that comes several times in a row: what others are held against must not be of the middle of a change. */
export async function steady<T>(read: () => Promise<T>): Promise<T> {
  let [previous, times] = [await read(), 1];
  await settled(
    async () => {
      const reading = await read();
      times = isDeepStrictEqual(reading, previous) ? times + 1 : 1;
      previous = reading;
    },
    () => times >= STEADY_READINGS,
  );
  return previous;
}
