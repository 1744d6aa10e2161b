// One bounded read of the server, event by event as they arrive. It ends when the server has given
// what was asked for, when the taker has enough, or when the server has been silent for too long.
import type { ResolvedEvent, StreamingRead } from '@eventstore/db-client';
import { noAnswer } from './call-failed.ts';

/** Events that the client may hold before they are taken. */
export const READ_BUFFER = { highWaterMark: 512 };

/** Whether more is wanted. What it throws ends the read. */
export type Take<E> = (event: E) => boolean;

/** Resolves to whether the server gave all that it had been asked for. */
export function readPage<E extends ResolvedEvent>(
  events: StreamingRead<E>,
  silenceMs: number,
  take: Take<E>,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let isDone = false;
    const timer = setTimeout(() => stop(() => reject(noAnswer(silenceMs))), silenceMs);
    const finish = (settle: () => void) => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      settle();
    };
    const stop = (settle: () => void) =>
      finish(() => {
        // The listener for errors stays: the client may still tell one, and none may be uncaught.
        events.removeAllListeners('data');
        events.pause();
        void events.cancel().catch(() => undefined);
        settle();
      });
    events.on('error', (error) => finish(() => reject(error)));
    events.on('end', () => finish(() => resolve(true)));
    events.on('data', (event: E) => {
      if (isDone) return;
      timer.refresh();
      try {
        if (!take(event)) stop(() => resolve(false));
      } catch (error) {
        stop(() => reject(error));
      }
    });
  });
}
