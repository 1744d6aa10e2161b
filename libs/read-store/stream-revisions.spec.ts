// What a follower notices on a store that does not number its events: the log is an array whose
// positions have gaps, and a test takes an event out of it as a scavenge would.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedEvent } from '#event-store/port.ts';
import { EvolveFailed, LogChangedBehindRows, StreamNotContiguous } from './alarms.ts';
import { ArrayLog } from './array-log.ts';
import { projection } from './projection.ts';
import { ReadStore } from './read-store.ts';
import { rebuildSteps } from './rebuild.ts';
import { tally } from './tally.ts';

const directory = mkdtempSync(join(tmpdir(), 'revisions-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
const newFile = () => join(directory, `read-${++files}.db`);

const open = (file: string, version = 1) =>
  new ReadStore({
    ...{ file, logId: 'log-1', projections: [tally({ version })] },
    checksRevisions: true,
  });

function logOf(...sellers: readonly string[]): ArrayLog {
  const log = new ArrayLog();
  for (const sellerId of sellers) log.add(`seller-${sellerId}`, 'SellerJoined', { sellerId });
  return log;
}

/** Counted as a reader counts who finds no trace of what was taken out. */
function without(log: ArrayLog, lost: number): ArrayLog {
  const left = new ArrayLog(log.logId);
  for (const event of log.events)
    if (event.logIndex !== lost) left.events.push({ ...event, logIndex: left.events.length });
  return left;
}

async function built(store: ReadStore, reader: ArrayLog): Promise<void> {
  const steps = rebuildSteps({ store, reader, onProgress: () => {} });
  while (!(await steps.next()).done) continue;
}

/** Of a store that is closed again. */
function applied(file: string, events: readonly RecordedEvent[]): unknown {
  const store = open(file);
  try {
    store.live!.apply(events);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    store.close();
  }
}

describe('the revisions of streams', () => {
  const log = logOf('a', 'b', 'a', 'c', 'a', 'b');

  it('let a first build end with an alarm at the first event that follows a gap', async () => {
    const store = open(newFile());
    const error = await built(store, without(log, 2)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StreamNotContiguous);
    expect((error as Error).message).toContain('gives seller-a@2, but seller-a@1 comes next');
    expect(store.rebuild!.checkpoint.logIndex).toBe(2);
    store.close();
  });

  it('are kept with the rows: a gap is noticed by a later process', async () => {
    const file = newFile();
    const store = open(file);
    await built(store, logOf('a', 'b'));
    store.close();
    const left = without(log, 2).events.slice(2);
    expect(applied(file, left)).toBeInstanceOf(StreamNotContiguous);
    const again = open(file);
    expect(again.live!.checkpoint.logIndex).toBe(2);
    again.close();
  });

  it('do not let an event be taken in twice', async () => {
    const file = newFile();
    const store = open(file);
    await built(store, logOf('a', 'b'));
    store.close();
    const repeated = { ...log.events[1]!, logIndex: 2, position: 2n };
    expect(String(applied(file, [repeated]))).toContain('gives seller-b@0, but seller-b@1 comes');
  });

  it('stand where the rows stand when a batch failed', async () => {
    let isBroken = true;
    const brittle = projection({
      ...{ name: 'brittle', version: 1, tables: [] },
      on: {
        SellerLeft() {
          if (isBroken) throw new Error('a bug');
        },
      },
    });
    const projections = [tally(), brittle];
    const store = new ReadStore({
      ...{ file: newFile(), logId: 'log-1', projections, checksRevisions: true },
    });
    const facts = logOf('a');
    await built(store, facts);
    facts.add('seller-a', 'SellerEnrolled', { sellerId: 'a' });
    facts.add('seller-a', 'SellerLeft', { sellerId: 'a' });
    expect(() => store.live!.apply(facts.events.slice(1))).toThrow(EvolveFailed);
    isBroken = false;
    store.live!.apply(facts.events.slice(1));
    expect(store.live!.checkpoint.logIndex).toBe(2);
    store.close();
  });

  it('begin anew with the first event when all rows are built anew', async () => {
    const file = newFile();
    const store = open(file);
    await built(store, log);
    store.close();
    const next = open(file, 2);
    await built(next, log);
    expect(next.live!.checkpoint.logIndex).toBe(5);
    next.close();
  });
});

it('a replay of a log that lost an event behind the rows does not become the rows', async () => {
  const log = logOf('a', 'b', 'c', 'd', 'e');
  const store = open(newFile());
  await built(store, log);
  log.add('seller-f', 'SellerJoined', { sellerId: 'f' });
  store.startRebuild(['tally']);
  await expect(built(store, without(log, 1))).rejects.toBeInstanceOf(LogChangedBehindRows);
  store.close();
});
