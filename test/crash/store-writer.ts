// A process that appends under load until it is killed. It prints each append only once the store
// has acknowledged it: `stream expected id…`.
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openSqliteStore } from '#event-store/sqlite-store.ts';

const [file, run] = process.argv.slice(2) as [string, string];
const store = openSqliteStore(file);
const STDOUT = 1;

const metadata = {
  actor: 'process:load',
  causationId: randomUUID(),
  correlationId: randomUUID(),
  recordedAt: '2026-02-01T00:00:00.000Z',
};

/** Appends of one to three events, some to a stream of their own, most to a long one. */
async function write(worker: number): Promise<void> {
  let last = -1;
  for (let i = 0; ; i += 1) {
    const isLong = i % 4 !== 0;
    const stream = isLong ? `load-${run}.${worker}` : `load-${run}.${worker}/${i}`;
    const events = Array.from({ length: 1 + (i % 3) }, () => {
      const data = { note: 'x'.repeat(50 + ((i * 37) % 3_000)) };
      return { id: randomUUID(), type: 'Loaded', data, metadata };
    });
    const expected = isLong && last >= 0 ? last : 'no_stream';
    const { revision } = await store.append(stream, expected, events);
    if (isLong) last = revision + events.length - 1;
    // Synchronously, so that what was acknowledged is known even if the next thing is the end.
    writeSync(STDOUT, `${stream} ${revision} ${events.map(({ id }) => id).join(' ')}\n`);
  }
}

await Promise.all(Array.from({ length: 32 }, (_, worker) => write(worker)));
