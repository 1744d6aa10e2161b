// What is left once a load is over: the whole log when nobody has anything to do any more, and what
// each node makes of it. `kept-books.ts` says what must be true of it.
import { setTimeout as pause } from 'node:timers/promises';
import { positionOf, positionToken } from '#api/http/position.ts';
import { type LogSource, openLogReader } from '#event-store/log-source.ts';
import type { EventLogReader, Position, RecordedEvent } from '#event-store/port.ts';
import type { LedgerEvent } from '#ledger/events.ts';
import { eventRef } from '#ledger/streams.ts';
import { demand } from './load-market.ts';
import type { MixedLoad } from './mixed-load.ts';
import type { Service } from './service-process.ts';

export type Stored = LedgerEvent & RecordedEvent;

/** A projection's rows, hashed as they are followed and as a replay from zero gives them. */
export interface Replayed {
  readonly projection: string;
  readonly logIndex: number;
  readonly oldHash: string;
  readonly newHash: string;
}

export interface NodeBooks {
  readonly isBalanced: boolean;
  readonly replayed: readonly Replayed[];
}

export interface Aftermath {
  /** Of everything that ever ran on this log, the last one last. */
  readonly loads: readonly MixedLoad[];
  readonly events: readonly Stored[];
  readonly nodes: readonly NodeBooks[];
  /** Undefined for a token of another log. */
  readonly positionOf: (token: string) => Position | undefined;
}

const SETTLED_WITHIN_MS = 30_000;
/** Whatever is stored after all was settled would come within this time. */
const QUIET_MS = 1_000;

/** Sends the last load's requests once more, to the first service, and waits for the rest. */
export async function aftermathOf(
  source: LogSource,
  loads: readonly MixedLoad[],
  services: readonly [Service, ...Service[]],
): Promise<Aftermath> {
  await loads.at(-1)!.repeat(services[0]);
  const reader = await openLogReader(source);
  try {
    const events = await settledEvents(reader);
    const position = positionToken(reader.logId, events.at(-1)!.position);
    const nodes = await Promise.all(services.map((service) => booksOf(service, position)));
    return { loads, events, nodes, positionOf: (token) => positionOf(reader.logId, token) };
  } finally {
    await reader.close();
  }
}

/** Until the processes have nothing left to do, or longer than they may need. */
async function settledEvents(reader: EventLogReader): Promise<readonly Stored[]> {
  const end = performance.now() + SETTLED_WITHIN_MS;
  const events: RecordedEvent[] = [];
  for (;;) {
    const known = events.length;
    await readOn(reader, events);
    const isQuiet = known > 0 && events.length === known;
    const stored = events as unknown as readonly Stored[];
    if (isQuiet && (isSettled(stored) || performance.now() > end)) return stored;
    await pause(QUIET_MS);
  }
}

async function readOn(reader: EventLogReader, events: RecordedEvent[]): Promise<void> {
  for (;;) {
    const last = events.at(-1);
    const page = await reader.readAll(last && { after: last });
    if (page.length === 0) return;
    events.push(...page);
  }
}

/** Every reservation has its order, every requested code its text. */
function isSettled(events: readonly Stored[]): boolean {
  const open = new Set<string>();
  const missing = new Map<string, number>();
  const requested = (key: string, codes: number) =>
    missing.set(key, (missing.get(key) ?? 0) + codes);
  for (const event of events) {
    const { type, data, stream, revision } = event;
    if (type === 'RedemptionReserved') open.add(eventRef(stream, revision));
    if (type === 'CodesRequested') requested(`${data.taskId} ${data.requestId}`, data.count);
    if (type === 'CodeIssued') requested(`${data.taskId} ${data.requestId}`, -1);
  }
  for (const { type, data } of events)
    if (type === 'OrderAttributed' || type === 'RedemptionReleased') open.delete(data.reservation);
  return open.size === 0 && [...missing.values()].every((count) => count === 0);
}

async function booksOf(service: Service, position: string): Promise<NodeBooks> {
  const balance = await service.send('GET', '/trial-balance', undefined, position);
  const lines = (await demand(service, 'POST', '/replays', {})) as readonly object[];
  const replayed = lines.filter((line): line is Replayed => 'projection' in line);
  return { isBalanced: balance?.body.isBalanced === true, replayed };
}
