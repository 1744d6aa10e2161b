// Waits for what a test waits for, instead of for a time.
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;
const LONGEST_MS = 30_000;

/** Rejects, with what was waited for, when it does not come. */
export async function until(isThere: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + LONGEST_MS;
  while (!(await isThere())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${isThere.toString()}`);
    await pause(LOOK_EVERY_MS);
  }
}
