// Who waits for the read models to contain a position, and who wants to know of every step.
import type { Position } from '#event-store/port.ts';
import type { Checkpoint } from '#read-store/read-model.ts';

interface Waiting {
  readonly position: Position;
  readonly settle: (hasArrived: boolean) => void;
}

export class Arrivals {
  readonly #waiting = new Set<Waiting>();
  readonly #listeners = new Set<(checkpoint: Checkpoint) => void>();

  /** False after the time is over, or when it is given up. */
  wait(position: Position, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiting.settle(false), timeoutMs);
      const waiting: Waiting = {
        position,
        settle: (hasArrived) => {
          clearTimeout(timer);
          this.#waiting.delete(waiting);
          resolve(hasArrived);
        },
      };
      this.#waiting.add(waiting);
    });
  }

  listen(listener: (checkpoint: Checkpoint) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  arrived(checkpoint: Checkpoint): void {
    for (const waiting of this.#waiting)
      if (waiting.position <= checkpoint.position) waiting.settle(true);
    for (const listener of this.#listeners) listener(checkpoint);
  }

  giveUp(): void {
    for (const waiting of this.#waiting) waiting.settle(false);
  }
}
