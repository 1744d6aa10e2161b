// A log that is a function of its seed and its size: two periods of orders, each followed by its
// closing, with no file behind it. Its entries have the shapes that the service stores, so that
// lakes, tables and folds of millions are measured without writing an order first. It holds nothing
// else: no reservations, no attributions, no statements. Reading only.
import type {
  AllRead,
  EventLogReader,
  EventText,
  Place,
  Position,
  TextRead,
} from '#event-store/port.ts';
import { START } from '#event-store/port.ts';
import { eventRef, orderStream, PROGRAMME_STREAM } from '#ledger/streams.ts';
import { entryData, type Entry } from './generated-entry.ts';

export interface GeneratedMarket {
  readonly seed: number;
  readonly payees: number;
  /** Entries of the first period, and of the second. */
  readonly entries: readonly [number, number];
}

const PERIODS = ['2026-01', '2026-02'] as const;
const CLOSED_AT = ['2026-02-04T00:00:00.000Z', '2026-03-04T00:00:00.000Z'] as const;

/** Every so many entries one is a refund of the first of them. */
const GROUP = 21;

export class GeneratedLog implements EventLogReader {
  readonly logId: string;
  readonly #market: GeneratedMarket;
  /** Rules, entries, closing, entries, closing. */
  readonly #closings: readonly [number, number];
  readonly #length: number;

  /** The log as it was right after the closing of `until`. */
  constructor(market: GeneratedMarket, until: 0 | 1 = 1) {
    this.#market = market;
    const [first, second] = market.entries;
    this.#closings = [1 + first, 2 + first + second];
    this.#length = this.#closings[until] + 1;
    const name = [market.seed, market.payees, ...market.entries].map((part) => part.toString(16));
    this.logId = uuidOf('8fff', Number.parseInt(name.join('').slice(-11), 16));
  }

  /** The closing of a period: its cutoff. */
  closingOf(period: 0 | 1): { readonly period: string; readonly cutoffLogIndex: number } {
    return { period: PERIODS[period], cutoffLogIndex: this.#closings[period]! };
  }

  async readAllText({ after = START, limit = 1_000, types }: TextRead = {}) {
    const page: EventText[] = [];
    const wanted = types && new Set(types);
    for (let index = after.logIndex + 1; page.length < limit && index < this.#length; index += 1)
      if (!wanted || wanted.has(this.#typeAt(index))) page.push(this.#at(index));
    return page;
  }

  async readAll(read: TextRead = {}) {
    const page = await this.readAllText(read);
    return page.map((event) => ({ ...event, data: JSON.parse(event.data) as object }));
  }

  readAllFacts(read: AllRead = {}) {
    return this.readAll(read);
  }

  /** Only for the closings' stream: a copy asks whether the event that it ends with is there. */
  async readStream(stream: string, { from = 0 } = {}) {
    const closing = this.#closings[from - 1];
    if (stream !== PROGRAMME_STREAM || closing === undefined) return [];
    return this.readAll({ after: placeAt(closing - 1), limit: 1 });
  }

  readToEnd(): never {
    throw new Error('statements read no stream to its end');
  }

  follow(): never {
    throw new Error('a generated log has nothing to follow');
  }

  async head(): Promise<Position> {
    return BigInt(this.#length - 1);
  }

  async placeOf(logIndex: number): Promise<Place | undefined> {
    return logIndex < this.#length ? placeAt(logIndex) : undefined;
  }

  async close(): Promise<void> {}

  #typeAt(index: number): string {
    if (index === 0) return 'ProgrammeRulesSet';
    if (this.#closings.includes(index)) return 'PeriodClosed';
    return this.#entryAt(index).isRefund ? 'OrderRefunded' : 'OrderConfirmed';
  }

  #entryAt(index: number): Entry {
    const period = index < this.#closings[0] ? 0 : 1;
    const at = period === 0 ? index - 1 : index - this.#closings[0] - 1;
    const group = Math.floor(at / GROUP);
    const isRefund = at % GROUP === GROUP - 1;
    const order = group * (GROUP - 1) + (isRefund ? 0 : at % GROUP);
    const { seed, payees } = this.#market;
    return { seed, payees, period: PERIODS[period]!, order, isRefund };
  }

  #at(index: number): EventText {
    const type = this.#typeAt(index);
    if (type === 'ProgrammeRulesSet' || type === 'PeriodClosed') return this.#rule(index, type);
    const entry = this.#entryAt(index);
    const { sellerId, orderId, occurredAt, data } = entryData(entry);
    const stream = orderStream(sellerId, orderId);
    return eventAt(index, { stream, revision: entry.isRefund ? 1 : 0, type, occurredAt, data });
  }

  #rule(index: number, type: string): EventText {
    const closing = this.#closings.indexOf(index);
    const occurredAt = CLOSED_AT[closing] ?? `${PERIODS[0]}-01T00:00:00.000Z`;
    const data =
      type === 'PeriodClosed'
        ? `{"occurredAt":"${occurredAt}","period":"${PERIODS[closing]}","rulesVersion":1}`
        : `{"confirmationLimitDays":180,"firstPeriod":"${PERIODS[0]}","graceHours":72,` +
          `"holdDays":7,"occurredAt":"${occurredAt}","version":1}`;
    return eventAt(index, {
      ...{ stream: PROGRAMME_STREAM, revision: closing + 1 },
      ...{ type, occurredAt, data },
    });
  }
}

type Fact = Pick<EventText, 'stream' | 'revision' | 'type' | 'data'> & {
  readonly occurredAt: string;
};

/** Spelled out, for copying members costs more than making them. */
function eventAt(index: number, { stream, revision, type, occurredAt, data }: Fact): EventText {
  const id = uuidOf('800e', index);
  const metadata = {
    actor: 'portal:connect',
    causationId: id,
    correlationId: id,
    recordedAt: occurredAt,
  };
  const position = BigInt(index);
  return { position, logIndex: index, stream, revision, id, type, data, metadata };
}

const placeAt = (logIndex: number): Place => ({ position: BigInt(logIndex), logIndex });

const uuidOf = (kind: string, number: number) =>
  `00000000-0000-4000-${kind}-${number.toString(16).padStart(12, '0')}`;

/** As `period-closings.ts` gives it, without a pass over the log. */
export function closingIn(log: GeneratedLog, period: 0 | 1) {
  const closing = log.closingOf(period);
  const { cutoffLogIndex } = closing;
  return {
    ...closing,
    rulesVersion: 1,
    place: placeAt(cutoffLogIndex),
    event: { ref: eventRef(PROGRAMME_STREAM, period + 1), id: uuidOf('800e', cutoffLogIndex) },
    startsAt: `${PERIODS[period]}-01T00:00:00.000Z`,
    endsAt: period === 0 ? '2026-02-01T00:00:00.000Z' : '2026-03-01T00:00:00.000Z',
  };
}
