// Takes from a stream what is there already, up to a size, in one go: the chunks of a fast sender
// go to the disk together, the line of a slow one waits for nothing but two turns of the loop.
import { setImmediate as nextTurn } from 'node:timers/promises';

export async function* gathered(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  const source = chunks[Symbol.asyncIterator]();
  let reading = source.next();
  try {
    for (let next = await reading; !next.done; next = await reading) {
      const together = [next.value];
      let bytes = next.value.length;
      reading = source.next();
      while (bytes < maxBytes) {
        const more = await ifThere(reading);
        if (more === undefined || more.done) break;
        together.push(more.value);
        bytes += more.value.length;
        reading = source.next();
      }
      yield together;
    }
  } finally {
    reading.catch(() => {});
    source.return?.()?.catch(() => {});
  }
}

/** What a read gives if it gives it now; its failure is met when it is awaited. */
async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  const soon = nextTurn().then(() => nextTurn(undefined));
  return Promise.race([reading.catch(() => undefined), soon]);
}
