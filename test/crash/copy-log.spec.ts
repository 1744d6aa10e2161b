// A ledger moves to EventStoreDB and back while the copying process, or the server, is killed: the
// target ends up with the same events and state, and no service starts on half of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BUYER_KEYS_FILE } from '#api/buyer-keys.ts';
import { openEventStore, openLogReader } from '#event-store/log-source.ts';
import { type EventText, type Place, START } from '#event-store/port.ts';
import { verifyStored } from '#event-store/verify-stored.ts';
import { bootLedger } from '../support/boot-ledger.ts';
import { DoubleProcess } from '../support/eventstore-double/double-process.ts';
import { done, issueText, openCode, openMarket, orderBody } from '../support/market-over-http.ts';

const ORDERS = 60;
/** Of the server's answers to appends: slow enough for a kill to come in the middle. */
const ANSWER_MS = 4;

const root = mkdtempSync(join(tmpdir(), 'copy-log-'));
const origin = join(root, 'origin');
let server: DoubleProcess;

beforeAll(async () => {
  server = await DoubleProcess.start({ file: join(root, 'server.db') });
  mkdirSync(origin, { mode: 0o700 });
  const ledger = await bootLedger({ dataDirectory: origin });
  await openMarket(ledger);
  await openCode(ledger, 'c1');
  const text = await issueText(ledger, 'c1', 'ada');
  for (let i = 0; i < ORDERS; i += 1) {
    await done(ledger.post('/orders', orderBody(`o${i}`, text)));
    await done(ledger.post(`/orders/seller1/o${i}/confirmation`, {}));
  }
  await ledger.close(true);
});
afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

function copying(...argv: readonly string[]) {
  const child = spawn(
    process.execPath,
    [
      ...['--import', './test/support/run-sources.mjs', '--disable-warning=ExperimentalWarning'],
      ...['apps/cli/main.ts', 'copy-log', '--json', ...argv],
    ],
    { cwd: resolve(import.meta.dirname, '../..'), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const told = { out: '', errors: '' };
  child.stdout.on('data', (bytes) => (told.out += String(bytes)));
  child.stderr.on('data', (bytes) => (told.errors += String(bytes)));
  const ended: Promise<Ended> = once(child, 'close').then(() => ({
    code: child.exitCode,
    ...told,
  }));
  return { child, ended };
}

const targetOf = (prefix: string) =>
  ({ kind: 'eventstoredb', connection: server.connection, prefix }) as const;
const toServer = (prefix: string) =>
  ['--from', origin, '--to', server.connection, '--to-prefix', prefix] as const;

async function eventsIn(source: Parameters<typeof openLogReader>[0]): Promise<EventText[]> {
  const log = await openLogReader(source);
  try {
    const events: EventText[] = [];
    for (let after: Place = START; ;) {
      const page = await log.readAllText({ after });
      events.push(...page);
      const last = page.at(-1);
      if (last === undefined) return events;
      after = last;
    }
  } finally {
    await log.close();
  }
}

const withoutPosition = ({ position: _, ...event }: EventText) => event;
const originSource = { kind: 'sqlite', file: join(origin, 'ledger.db') } as const;

/** Kills the copy once the target holds so many events; resolves to how many it holds then. */
async function killedAt(events: number, prefix: string): Promise<number> {
  const { child, ended } = copying(...toServer(prefix));
  for (;;) {
    const held = await eventsIn(targetOf(prefix)).catch(() => []);
    if (held.length >= events || child.exitCode !== null) break;
    await pause(5);
  }
  child.kill('SIGKILL');
  await ended;
  return (await eventsIn(targetOf(prefix))).length;
}

it('goes on after kills where the target ends; no service starts until it is done', async () => {
  await server.faults.delayAnswers(ANSWER_MS);
  const all = await eventsIn(originSource);
  const held: number[] = [];
  for (const events of [1, 40, 110]) held.push(await killedAt(events, 'a.'));
  expect(held).toEqual([...held].sort((a, b) => a - b));
  expect(held.at(-1)).toBeLessThan(all.length);
  await expect(openEventStore(targetOf('a.'))).rejects.toThrow('copy that is not finished');
  const { code, out, errors } = await copying(...toServer('a.')).ended;
  expect([code, errors]).toEqual([0, '']);
  expect(JSON.parse(out)).toEqual(
    expect.objectContaining({ events: all.length, isFinished: true }),
  );
  const copied = await eventsIn(targetOf('a.'));
  expect(copied.map(withoutPosition)).toEqual(all.map(withoutPosition));
});

it('goes on while the server is killed and comes back', async () => {
  await server.faults.delayAnswers(ANSWER_MS);
  const { child, ended } = copying(...toServer('b.'));
  for (;;) {
    const held = await eventsIn(targetOf('b.')).catch(() => []);
    if (held.length > 20 || child.exitCode !== null) break;
    await pause(5);
  }
  await server.kill();
  await server.startAgain();
  const { code, out } = await ended;
  const all = await eventsIn(originSource);
  expect([code, JSON.parse(out).events]).toEqual([0, all.length]);
});

it('brings a ledger back to a data directory, where the service goes on', async () => {
  const returned = join(root, 'returned');
  const from = ['--from', server.connection, '--from-prefix', 'a.'];
  const { code, errors } = await copying(...from, '--to', returned).ended;
  expect([code, errors]).toEqual([0, '']);
  const file = join(returned, 'ledger.db');
  const all = await eventsIn(originSource);
  expect((await eventsIn({ kind: 'sqlite', file })).map(withoutPosition)).toEqual(
    all.map(withoutPosition),
  );
  expect((await verifyStored(file)).difference).toBeUndefined();
  copyFileSync(join(origin, BUYER_KEYS_FILE), join(returned, BUYER_KEYS_FILE));
  const ledger = await bootLedger({ dataDirectory: returned });
  const again = await ledger.post('/orders/seller1/o1/confirmation', {});
  expect([again.status, again.body.outcome]).toEqual([200, expect.any(String)]);
  expect((await ledger.get('/trial-balance')).body.isBalanced).toBe(true);
  await ledger.close(true);
});

it('refuses a target that is no beginning of the source, and leaves it as it was', async () => {
  const other = join(root, 'other');
  mkdirSync(other, { mode: 0o700 });
  const ledger = await bootLedger({ dataDirectory: other });
  await openMarket(ledger, 'seller9');
  await ledger.close(true);
  const to = ['--to', server.connection, '--to-prefix', 'a.'];
  const { code, out } = await copying('--from', other, ...to).ended;
  expect([code, JSON.parse(out).error]).toEqual([
    1,
    expect.stringMatching(/^programme@0 \(logIndex 0\) has another metadata in the target$/),
  ]);
  const store = await openEventStore(targetOf('a.'));
  await store.close();
});

it('goes on from a finished copy when the source has gone on', async () => {
  const ledger = await bootLedger({ dataDirectory: origin });
  await done(ledger.post('/sellers', { sellerId: 'seller2' }));
  await ledger.close(true);
  const { code, out } = await copying(...toServer('a.')).ended;
  const all = await eventsIn(originSource);
  expect([code, JSON.parse(out).events]).toEqual([0, all.length]);
});

it('moves a ledger that nobody writes to, and leaves a log on which none starts', async () => {
  const move = ['--move', '--from', origin, '--to', server.connection, '--to-prefix', 'c.'];
  const ledger = await bootLedger({ dataDirectory: origin });
  const held = await copying(...move).ended;
  expect([held.code, JSON.parse(held.out).error]).toEqual([
    3,
    expect.stringMatching(/is in use by the process with pid \d+/),
  ]);
  await ledger.close(true);
  for (const _ of ['moved', 'moved again']) {
    const { code, out } = await copying(...move).ended;
    expect([code, JSON.parse(out)]).toMatchObject([0, { isFinished: true, isMoved: true }]);
  }
  await expect(openEventStore(originSource)).rejects.toThrow(/was moved to EventStoreDB at .* c\./);
  await (await openEventStore(targetOf('c.'))).close();
  const elsewhere = ['--move', '--from', origin, '--to', join(root, 'elsewhere')];
  const { code, out } = await copying(...elsewhere).ended;
  expect([code, JSON.parse(out).error]).toEqual([3, expect.stringMatching(/was moved to/)]);
});

it('brings a moved ledger back to where it was, which is then in service again', async () => {
  const back = ['--from', server.connection, '--from-prefix', 'c.', '--to', origin];
  const copied = await copying(...back).ended;
  expect([copied.code, JSON.parse(copied.out).isMoved]).toEqual([0, false]);
  await expect(openEventStore(originSource)).rejects.toThrow(/was moved to/);
  const moved = await copying('--move', ...back).ended;
  expect([moved.code, JSON.parse(moved.out).isMoved]).toEqual([0, true]);
  await expect(openEventStore(targetOf('c.'))).rejects.toThrow(/was moved to .*ledger\.db/);
  const ledger = await bootLedger({ dataDirectory: origin });
  await done(ledger.post('/sellers', { sellerId: 'seller3' }));
  await ledger.close(true);
});

it('refuses to copy a log into itself, by whatever name it is called', async () => {
  const log = ['--to', server.connection.replace('127.0.0.1', 'localhost'), '--to-prefix', 'a.'];
  const from = ['--from', server.connection, '--from-prefix', 'a.'];
  const { code, out } = await copying(...from, ...log).ended;
  expect([code, JSON.parse(out).error]).toEqual([2, expect.stringMatching(/are the same log$/)]);
});
