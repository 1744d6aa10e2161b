// `promo-ledger follow-clickhouse` is killed again and again while the log grows, two of them at a
// time, and now and then ClickHouse with them. Afterwards the tables are the log, to the byte.
// PROMO_LEDGER_CRASH=long (the script test:crash) kills many times over.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { openClickHouse } from '#analytics/clickhouse/client.ts';
import { examineCopy } from '#analytics/clickhouse/examine.ts';
import type { CopyNews } from '#analytics/clickhouse/follow.ts';
import { withLog } from '#analytics/log.ts';
import { HandmadeLog, RATE_10_PERCENT } from '#analytics/testing/handmade-log.ts';
import type { ClickHouseTarget } from '#analytics/workspace.ts';
import { ClickHouseServer } from '../support/clickhouse/server.ts';

const IS_LONG = process.env.PROMO_LEDGER_CRASH === 'long';
const ROUNDS = IS_LONG ? 30 : 4;
const EVENTS_A_ROUND = 10_000;
const ORDERS_A_ROUND = 25;

/** The command as an operator starts it. */
class Following {
  readonly #child: ChildProcess;
  readonly #news: CopyNews[] = [];
  #woken = Promise.withResolvers<void>();

  constructor(directory: string, { url, database }: ClickHouseTarget) {
    this.#child = spawn(
      process.execPath,
      [
        ...['--import', './test/support/run-sources.mjs', 'apps/cli/main.ts'],
        ...['follow-clickhouse', '--json'],
      ],
      {
        cwd: resolve(import.meta.dirname, '../..'),
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          // The log is in the directory, also where the other crash tests are given a server.
          PROMO_LEDGER_EVENTSTORE_URL: '',
          PROMO_LEDGER_DATA: directory,
          PROMO_LEDGER_CLICKHOUSE_URL: url,
          PROMO_LEDGER_CLICKHOUSE_DATABASE: database,
        },
      },
    );
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      this.#news.push(JSON.parse(line) as CopyNews);
      this.#woken.resolve();
      this.#woken = Promise.withResolvers();
    });
  }

  async told(what: (news: CopyNews) => boolean): Promise<void> {
    while (!this.#news.some(what)) await this.#woken.promise;
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    return ((await ended) as [number | null])[0];
  }
}

it(
  `holds the log once, after ${ROUNDS} kills`,
  async () => {
    const server = await ClickHouseServer.start();
    const target = server.target();
    const log = new HandmadeLog();
    await log.setRules();
    let cutOff = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = 1 + round * (EVENTS_A_ROUND + ORDERS_A_ROUND);
      const followings = [0, 1].map(() => new Following(log.directory, target));
      await Promise.race(followings.map((each) => each.told(({ kind }) => kind === 'copied')));
      const growing = grow(log, round);
      await pause((200 * round) % 900);
      const hadAll = new AbortController();
      for (const each of followings)
        void each
          .told((news) => news.kind === 'copied' && news.events > before + EVENTS_A_ROUND)
          .then(() => hadAll.abort());
      if (round % 3 === 2) await server.kill();
      await Promise.all(followings.map((each) => each.end('SIGKILL')));
      if (!hadAll.signal.aborted) cutOff += 1;
      await growing;
      if (round % 3 === 2) await server.restart();
    }
    expect(cutOff).toBeGreaterThan(0);
    const events = 1 + ROUNDS * (EVENTS_A_ROUND + ORDERS_A_ROUND);
    const last = new Following(log.directory, target);
    await last.told((news) => news.kind === 'copied' && news.isCaughtUp && news.events === events);
    expect(await last.end('SIGTERM')).toBe(0);
    const clickhouse = await openClickHouse(target);
    const { place } = await withLog(log.workspace.log, (reader) => examineCopy(clickhouse, reader));
    expect(place.logIndex).toBe(events - 1);
    expect(
      await clickhouse.rows(
        `SELECT (SELECT count() FROM events) AS events, count() AS orders,
                sum(commission_minor) AS earned FROM commissions`,
      ),
    ).toEqual([
      {
        events: String(events),
        orders: String(ROUNDS * ORDERS_A_ROUND),
        earned: String(100 * ROUNDS * ORDERS_A_ROUND),
      },
    ]);
    await clickhouse.close();
    await server.stop();
    await log.end();
  },
  IS_LONG ? 900_000 : 120_000,
);

async function grow(log: HandmadeLog, round: number): Promise<void> {
  for (let order = 0; order < ORDERS_A_ROUND; order += 1) {
    await log.fill(EVENTS_A_ROUND / ORDERS_A_ROUND);
    await log.confirm({
      ...{ orderId: `o${round}.${order}`, payeeId: 'p1', currency: 'USD' },
      ...{ plan: RATE_10_PERCENT, lines: [1_000n] },
      occurredAt: '2026-01-10T00:00:00.000Z',
      clearsAt: '2026-01-17T00:00:00.000Z',
    });
  }
}
