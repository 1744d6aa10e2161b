// The demo: a seeded market of two months through the real command path into a fresh ledger, both
// months closed on their day, every statement verified from zero both ways. The ledger's clock is
// put where the market is, through the one port by which time comes in.
import { join } from 'node:path';
import type { RunVerification } from '#analytics/statements/verify.ts';
import { verifyRun } from '#analytics/statements/verify.ts';
import type { Config } from '#api/config.ts';
import { workspaceOf } from '#api/workspace.ts';
import { openLogReader } from '#event-store/log-source.ts';
import { openReadModel } from '#read-store/read-model.ts';
import type { Timestamp } from '#ledger/values.ts';
import { closePeriod } from '../closing.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { inProcessLedger } from '../in-process-ledger.ts';
import type { BulkAnswer, Ledger } from '../ledger.ts';
import { type Balance, balancesOf } from '../log-reading.ts';
import { CLOSING_DAYS, moment, PERIODS, SETTING_UP } from './calendar.ts';
import { Chance } from './chance.ts';
import { Feed, type IssuedText } from './feed.ts';
import { type Happenings, happeningsOf } from './happenings.ts';
import { DEMO_SIZE, type Market, marketOf, type MarketSize } from './market.ts';
import { openDemoMarket } from './opening.ts';

export type Stage = 'market' | 'orders' | 'closing' | 'verifying' | 'balance';
export type OnStage = (stage: Stage, done: number, total: number) => void;

export interface DemoReport {
  readonly market: Market;
  readonly issued: number;
  /** Answers by outcome and code. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly facts: number;
  readonly events: number;
  readonly verifications: readonly RunVerification[];
  readonly balances: readonly Balance[];
  /** Seconds by stage. */
  readonly seconds: Readonly<Record<Stage, number>>;
}

export interface DemoOptions {
  readonly config: Config;
  readonly seed: number;
  readonly size?: MarketSize;
  readonly onStage: OnStage;
}

const MORNING_MS = 6 * 3_600_000;
const CHUNK_FACTS = 500;

export async function runDemo({
  config,
  seed,
  size = DEMO_SIZE,
  onStage,
}: DemoOptions): Promise<DemoReport> {
  const seconds = { market: 0, orders: 0, closing: 0, verifying: 0, balance: 0 };
  const timed = timer(seconds);
  const outcomes = new Map<string, number>();
  const chance = new Chance(seed);
  const market = marketOf(chance, size);
  const clock = { now: SETTING_UP };
  const ledger = await inProcessLedger(config, () => clock.now);
  let issued: readonly IssuedText[];
  let facts: number;
  try {
    issued = await timed('market', () =>
      openDemoMarket(ledger, market, (done, total) => onStage('market', done, total)),
    );
    facts = await twoMonths({
      ...{ ledger, clock, timed, onStage, outcomes },
      feed: new Feed(chance, popularFirst(chance, issued), size.orders),
      happenings: happeningsOf(chance, market),
    });
  } finally {
    await ledger.close();
  }
  // What follows needs no service: like an auditor, it only reads the files.
  const checked = await checkedFigures(config, timed, onStage);
  return { market, issued: issued.length, outcomes, facts, ...checked, seconds };
}

type Timed = <T>(stage: Stage, work: () => Promise<T>) => Promise<T>;

interface TwoMonths {
  readonly ledger: Ledger;
  readonly clock: { now: Timestamp };
  readonly timed: Timed;
  readonly onStage: OnStage;
  readonly outcomes: Map<string, number>;
  readonly feed: Feed;
  readonly happenings: Happenings;
}

/** Day by day: in the morning what is due, then what arrives; to the day on which April closes. */
async function twoMonths(demo: TwoMonths): Promise<number> {
  const { ledger, clock, timed, onStage, outcomes, feed, happenings } = demo;
  const [, lastDay] = CLOSING_DAYS;
  let facts = 0;
  for (let day = 0; day <= lastDay; day += 1) {
    clock.now = moment(day, MORNING_MS);
    const closing = PERIODS[(CLOSING_DAYS as readonly number[]).indexOf(day)];
    if (closing !== undefined) {
      onStage('closing', PERIODS.indexOf(closing), PERIODS.length);
      await timed('closing', () => closePeriod(ledger, closing));
    }
    for (const request of happenings.get(day) ?? []) await ledger.send(request);
    if (day === lastDay) return facts;
    await timed('orders', async () => {
      const arriving = feed.arrivingOn(day);
      clock.now = moment(day + 1, -1);
      for await (const batch of ledger.bulk(chunksOf(arriving))) count(batch, outcomes);
      facts += arriving.length;
    });
    onStage('orders', day + 1, lastDay);
  }
  return facts;
}

async function* chunksOf(facts: readonly object[]): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < facts.length; from += CHUNK_FACTS) {
    const lines = facts.slice(from, from + CHUNK_FACTS).map((fact) => JSON.stringify(fact));
    yield Buffer.from(`${lines.join('\n')}\n`);
  }
}

function count(batch: readonly BulkAnswer[], outcomes: Map<string, number>): void {
  for (const { outcome, code, line } of batch) {
    if (outcome === 'failed') {
      throw new CliFailure(EXIT.service, `line ${line} of the day's feed was not stored: ${code}`);
    }
    const key = code === undefined ? outcome : `${outcome} ${code}`;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
  }
}

async function checkedFigures(config: Config, timed: Timed, onStage: OnStage) {
  onStage('verifying', 0, PERIODS.length);
  const verifications = await timed('verifying', () =>
    Promise.all(PERIODS.map((period) => verifyRun(workspaceOf(config), period))),
  );
  onStage('verifying', PERIODS.length, PERIODS.length);
  const log = await openLogReader(config.log);
  try {
    const balances = await timed('balance', () =>
      balancesOf(log, { onProgress: (done, total) => onStage('balance', done, total) }),
    );
    return { verifications, balances, events: eventsIn(config) };
  } finally {
    await log.close();
  }
}

/** The service has drained: its rows are of all events. */
function eventsIn({ dataDirectory }: Config): number {
  const rows = openReadModel(join(dataDirectory, 'read.db'));
  try {
    return rows.checkpoint().logIndex + 1;
  } finally {
    rows.close();
  }
}

/** A few codes are on everybody's lips: which ones, chance says. */
function popularFirst(chance: Chance, issued: readonly IssuedText[]): readonly IssuedText[] {
  return issued
    .map((each) => ({ each, weight: chance.share() }))
    .sort((a, b) => a.weight - b.weight)
    .map(({ each }) => each);
}

function timer(seconds: Record<Stage, number>): Timed {
  return async (stage, work) => {
    const began = performance.now();
    try {
      return await work();
    } finally {
      seconds[stage] += (performance.now() - began) / 1_000;
    }
  };
}
