// A real service is killed with SIGKILL under mixed load, again and again, and then counted:
// nothing acknowledged is lost, nothing is done twice, no limit is exceeded.
// PROMO_LEDGER_CRASH=long (the script test:crash) kills it many times over.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Follower } from '#api/follower/follower.ts';
import { bootLedger } from '../support/boot-ledger.ts';
import { FOLLOWER } from '#api/wiring.ts';
import type { RecordedEvent } from '#event-store/port.ts';
import { openSqliteReader } from '#event-store/sqlite-reader.ts';
import type { LedgerEvent } from '#ledger/events.ts';
import { eventRef } from '#ledger/streams.ts';
import { BUYER_LIMIT, MixedLoad, TOTAL_LIMIT } from './mixed-load.ts';
import { ServiceProcess } from './service-process.ts';

const IS_LONG = process.env.PROMO_LEDGER_CRASH === 'long';
const ROUNDS = IS_LONG ? 40 : 3;
const SEED = Number(process.env.PROMO_LEDGER_CRASH_SEED ?? 20_260_122);

type Stored = LedgerEvent & RecordedEvent;

describe(`a service killed ${ROUNDS} times under load (seed ${SEED})`, () => {
  const load = new MixedLoad(SEED);
  let directory: string;
  let events: readonly Stored[];

  beforeAll(
    async () => {
      directory = await mkdtemp(join(tmpdir(), 'kill-'));
      for (let round = 0; round < ROUNDS; round += 1) {
        const service = await ServiceProcess.start(directory);
        if (round === 0) await load.open(service);
        const running = load.run(service);
        await pause(200 + ((SEED * (round + 1)) % 700));
        await service.kill();
        await running;
      }
      const service = await ServiceProcess.start(directory);
      await load.repeat(service);
      events = await settledEvents(directory);
      await service.stop();
    },
    IS_LONG ? 600_000 : 60_000,
  );
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const of = <T extends LedgerEvent['type']>(type: T) =>
    events.filter((event) => event.type === type) as (Stored & { type: T })[];

  it('was really killed at work, and answered everything in the end', () => {
    expect(load.answers.size).toBeGreaterThan(500);
    expect(load.unanswered).toBe(0);
    expect(of('OrderAttributed').length).toBeGreaterThan(100);
  });

  it('has everything that it acknowledged', () => {
    const stored = new Set(events.map(({ stream, revision }) => eventRef(stream, revision)));
    const acknowledged = [...load.answers.values()].flatMap(({ event }) => event ?? []);
    expect(acknowledged.filter((event) => !stored.has(event))).toEqual([]);
  });

  it('gave every repeat the first answer', () => {
    expect(load.contradictions).toEqual([]);
  });

  it('stored one outcome for each order', () => {
    const outcomes = [...of('OrderAttributed'), ...of('OrderRejected')].map(({ stream }) => stream);
    expect(outcomes.length).toBe(new Set(outcomes).size);
  });

  it('settled every reservation: attributed by it, or released', () => {
    const settled = new Set([
      ...of('OrderAttributed').map(({ data }) => data.reservation),
      ...of('RedemptionReleased').map(({ data }) => data.reservation),
    ]);
    const reserved = of('RedemptionReserved').map((event) =>
      eventRef(event.stream, event.revision),
    );
    expect(reserved.filter((reservation) => !settled.has(reservation))).toEqual([]);
    expect(of('OrderAttributed').length + of('RedemptionReleased').length).toBe(reserved.length);
  });

  it('exceeded no limit, and used each up before it refused', () => {
    const ofCode = (codeId: string) =>
      of('OrderAttributed').filter(({ data }) => data.verdict.codeId === codeId);
    expect(ofCode('c0')).toHaveLength(TOTAL_LIMIT);
    const uses = new Map<string, number>();
    for (const { data } of ofCode('c1')) {
      const buyer = String(data.verdict.buyer);
      uses.set(buyer, (uses.get(buyer) ?? 0) + 1);
    }
    expect(Math.max(...uses.values())).toBe(BUYER_LIMIT);
  });

  it('issued every requested code once, with the texts that it promised', () => {
    const issued = new Map<string, string[]>();
    for (const { data } of of('CodeIssued')) {
      const request = issued.get(data.requestId) ?? [];
      request[data.index] = data.text;
      issued.set(data.requestId, request);
    }
    for (const [requestId, texts] of load.texts) expect(issued.get(requestId)).toEqual(texts);
    for (const { data } of of('CodesRequested').filter(({ data }) => data.requestId !== 'first'))
      expect(issued.get(data.requestId)).toHaveLength(data.count);
  });

  it('opened one task for each code that was enabled', () => {
    const opened = of('TaskOpened').map(({ data }) => data.codeId);
    expect(opened.length).toBe(new Set(opened).size);
    expect([...load.enabled].filter((codeId) => !opened.includes(codeId))).toEqual([]);
  });

  it('balances, and its read models are those of a replay from zero', async () => {
    const ledger = await bootLedger({ dataDirectory: directory });
    try {
      expect((await ledger.get('/trial-balance')).body).toMatchObject({ isBalanced: true });
      const reports = await ledger.app.get<Follower>(FOLLOWER).rebuild('all', () => {});
      expect(reports.length).toBeGreaterThan(5);
      expect(reports.filter(({ matches }) => !matches)).toEqual([]);
    } finally {
      await ledger.close(true);
    }
  });
});

/** The log once the processes have nothing left to do: no event more for a while. */
async function settledEvents(directory: string): Promise<readonly Stored[]> {
  const reader = openSqliteReader(join(directory, 'ledger.db'));
  try {
    for (let head = -1n; ;) {
      const now = await reader.head();
      if (now === head) break;
      head = now;
      await pause(3_000);
    }
    const events: RecordedEvent[] = [];
    for (;;) {
      const last = events.at(-1);
      const page = await reader.readAll(last && { after: last });
      if (page.length === 0) return events as unknown as Stored[];
      events.push(...page);
    }
  } finally {
    await reader.close();
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
