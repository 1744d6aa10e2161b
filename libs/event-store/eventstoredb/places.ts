// Places in the log that were learned by counting, one in a thousand: where to begin to count when
// somebody asks for a logIndex.
import { type Place, START } from '../port.ts';

const EVERY = 1_000;

export class Places {
  /** By logIndex divided by EVERY. */
  readonly #known = new Map<number, Place>();

  learn({ position, logIndex }: Place): void {
    if (logIndex % EVERY === 0) this.#known.set(logIndex / EVERY, { position, logIndex });
  }

  /** The nearest known place at or before it. */
  before(logIndex: number): Place {
    for (let i = Math.floor(logIndex / EVERY); i >= 0; i -= 1) {
      const place = this.#known.get(i);
      if (place !== undefined) return place;
    }
    return START;
  }
}
