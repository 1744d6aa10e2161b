// Works through a feed window by window: several are under way at once, so that the disk is never
// idle, but only so many; answers come out in the order of the input as soon as they are there.
// Who does not take them stops the reading of the feed.

/** One is taken to the disk while the next is decided; more only hold more in memory. */
const WINDOWS_AHEAD = 2;

/** Starts a window; the promise inside gives its answers and never rejects. */
export type Begin<W, A> = (window: W) => Promise<{ readonly answers: Promise<A> }>;

export async function* throughWindows<W, A>(
  windows: AsyncIterable<W>,
  begin: Begin<W, A>,
): AsyncGenerator<A, void, undefined> {
  const source = windows[Symbol.asyncIterator]();
  const underWay: Promise<A>[] = [];
  let reading: Promise<IteratorResult<W, unknown>> | undefined = source.next();
  try {
    while (reading !== undefined || underWay.length > 0) {
      const turns: Promise<'read' | 'answered'>[] = [];
      if (reading && underWay.length < WINDOWS_AHEAD) turns.push(reading.then(() => 'read'));
      if (underWay[0]) turns.push(underWay[0].then(() => 'answered'));
      const turn = turns.length === 1 ? await turns[0] : await Promise.race(turns);
      if (turn === 'answered') {
        const answered = underWay.shift();
        if (answered) yield await answered;
      } else if (reading) {
        const read: IteratorResult<W, unknown> = await reading;
        if (!read.done) underWay.push((await begin(read.value)).answers);
        reading = read.done ? undefined : source.next();
      }
    }
  } finally {
    // Whoever left early waits for nothing; what was begun goes on and is stored.
    reading?.catch(() => {});
    source.return?.()?.catch(() => {});
  }
}
