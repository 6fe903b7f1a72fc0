/** For test files whose tests make containers: after each these go, and nothing else of it may be left. */
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { NodeMachineOptions } from "../../lib/machine/node-machine.ts";
import { bootGuest, type Guest } from "./guest.ts";
import { residue, settledResidue } from "./runtime-residue.ts";

const TIDY = "docker rm -fv $(docker ps -aq) >/dev/null 2>&1; docker volume prune -af >/dev/null; true";

/** One guest a file; `boots` is given it before the first test. */
export function tidyGuest(boots: (guest: Guest) => void, options: NodeMachineOptions = {}): void {
  let guest: Guest;
  let before: string;
  beforeAll(async () => {
    guest = await bootGuest(options);
    boots(guest);
    before = await residue(guest);
  });
  afterEach(async () => {
    await guest.out(TIDY);
    expect(await settledResidue(guest, before)).toBe(before);
  });
  afterAll(() => guest?.end());
}
