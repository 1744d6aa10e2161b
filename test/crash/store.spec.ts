// Invariant 5 for the log itself: what was acknowledged before kill -9 is there afterwards, once
// and in order, and the log goes on from there.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type RecordedEvent, START } from '#event-store/port.ts';
import { openSqliteReader } from '#event-store/sqlite-reader.ts';
import { openSqliteStore } from '#event-store/sqlite-store.ts';

const KILLS = 5;
const writer = new URL('./store-writer.ts', import.meta.url).pathname;

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'promo-ledger-'));
  file = join(folder, 'ledger.db');
});

afterEach(() => rmSync(folder, { recursive: true }));

interface Acknowledged {
  readonly stream: string;
  readonly revision: number;
  readonly ids: readonly string[];
}

/** Starts a writer, lets it get going, kills it at a random moment. */
async function killedWriter(run: number): Promise<readonly Acknowledged[]> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', writer, file, String(run)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  while (!output.includes('\n')) await delay(5);
  await delay(Math.random() * 400);
  child.kill('SIGKILL');
  await ended;
  // The last line may have been cut off by the kill: then it was not acknowledged whole.
  return output
    .slice(0, output.lastIndexOf('\n'))
    .split('\n')
    .map((line) => {
      const [stream, revision, ...ids] = line.split(' ');
      return { stream: stream!, revision: Number(revision), ids };
    });
}

async function wholeLog(): Promise<readonly RecordedEvent[]> {
  const reader = openSqliteReader(file);
  const events: RecordedEvent[] = [];
  for (;;) {
    const page = await reader.readAll({ after: events.at(-1) ?? START });
    if (page.length === 0) break;
    events.push(...page);
  }
  await reader.close();
  return events;
}

it('loses nothing acknowledged, doubles nothing and leaves no gap, at any kill', async () => {
  const acknowledged: Acknowledged[] = [];
  for (let run = 0; run < KILLS; run += 1) {
    acknowledged.push(...(await killedWriter(run)));
    const events = await wholeLog();
    expect(events.map(({ logIndex }) => logIndex)).toEqual(events.map((_, i) => i));
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    const stored = new Map(events.map((event) => [`${event.stream}@${event.revision}`, event.id]));
    expect(stored.size).toBe(events.length);
    for (const { stream, revision, ids } of acknowledged)
      for (const [i, id] of ids.entries()) expect(stored.get(`${stream}@${revision + i}`)).toBe(id);
    const revisions = new Map<string, number>();
    for (const { stream, revision } of events) {
      expect(revision).toBe((revisions.get(stream) ?? -1) + 1);
      revisions.set(stream, revision);
    }
  }
  expect(acknowledged.length).toBeGreaterThan(KILLS * 32);
  const store = openSqliteStore(file);
  const { logIndex } = (await wholeLog()).at(-1)!;
  const [like] = await store.readAll({ limit: 1 });
  expect(await store.append('load-after', 'no_stream', [like!])).toMatchObject({
    position: BigInt(logIndex + 1),
  });
  await store.close();
});
