// Reads the log beside whoever writes it, for commands that compute from the events themselves.
import type { Config } from '#api/config.ts';
import { type EventLogReader, type Place, type Position, START } from '#event-store/port.ts';
import { SqliteReader } from '#event-store/sqlite-reader.ts';
import type { EventOf, EventType, LedgerEvent } from '#ledger/events.ts';
import { postings } from '#ledger/postings.ts';
import { openLog } from './connect.ts';

const PAGE = 5_000;

/** Opens the log, hands it out and closes it again, whatever happens. */
export async function withLog<T>(
  config: Config,
  work: (log: EventLogReader) => Promise<T>,
): Promise<T> {
  const log = await openLog(config);
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

/** Events of these types in log order, up to where the log ends when the reading begins. */
export async function* eventsOfTypes<T extends EventType>(
  log: EventLogReader,
  types: readonly T[],
  { until = Number.MAX_SAFE_INTEGER, onProgress = () => undefined }: Reading = {},
): AsyncGenerator<{ readonly event: EventOf<T>; readonly ref: string; readonly logIndex: number }> {
  const head = await log.head();
  let after: Place = START;
  for (;;) {
    const page = await log.readAllText({ after, limit: PAGE, types });
    for (const { type, data, stream, revision, position, logIndex } of page) {
      if (position > head || logIndex > until) return;
      const event = { type, data: JSON.parse(data) as object } as EventOf<T>;
      yield { event, ref: `${stream}@${revision}`, logIndex };
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = last;
    onProgress(last.logIndex + 1, totalOf(log, head));
  }
}

/** How many events the log holds, for a bar; 0 where positions do not number them: not known. */
export const totalOf = (log: EventLogReader, head: Position): number =>
  log instanceof SqliteReader ? Number(head) + 1 : 0;

export interface Reading {
  /** The last logIndex to be read. */
  readonly until?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

const MOVES_MONEY = [
  ...(['OrderConfirmed', 'OrderRefunded', 'RefundCancelled', 'OrderInvalidated'] as const),
  ...(['CommissionHeld', 'CommissionReleased', 'StatementIssued'] as const),
];

export interface Balance {
  readonly account: string;
  readonly currency: string;
  balanceMinor: bigint;
  postings: number;
}

/** Balances by account and currency, folded from the log's first event on. */
export async function balancesOf(log: EventLogReader, reading?: Reading): Promise<Balance[]> {
  const balances = new Map<string, Balance>();
  for await (const { event } of eventsOfTypes(log, MOVES_MONEY, reading)) {
    for (const { account, currency, amountMinor } of postings(event as LedgerEvent)) {
      const key = `${currency} ${account}`;
      const balance = balances.get(key) ?? { account, currency, balanceMinor: 0n, postings: 0 };
      balance.balanceMinor += amountMinor;
      balance.postings += 1;
      balances.set(key, balance);
    }
  }
  return [...balances.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}
