// What the contract's tests share: an empty log for each test, and events to append.
import { randomUUID } from 'node:crypto';
import type { EventStore, NewEvent } from '../port.ts';

/** An empty log of its own. */
export interface OpenedLog {
  readonly store: EventStore;
  /** Closes the store and opens the same log again; absent where a log ends with its store. */
  readonly reopen?: () => Promise<EventStore>;
  /** Closes what is open and removes the log. */
  readonly remove: () => Promise<void>;
}

export type OpenLog = () => Promise<OpenedLog>;

/** Opens an empty log before each test of the surrounding `describe` and removes it after. */
export function emptyLogs(open: OpenLog): () => OpenedLog {
  let log: OpenedLog;
  beforeEach(async () => {
    log = await open();
  });
  afterEach(() => log.remove());
  return () => log;
}

export const metadata = {
  actor: 'finance:ada',
  causationId: '0b9f7b0e-4a53-4b8e-9a55-0c6f3f0a1b2c',
  correlationId: '7d1c7a2e-95d2-4a3c-8f14-2f4f0f6b9e1d',
  recordedAt: '2026-01-31T23:59:59.999Z',
} as const;

export function newEvent(note: unknown = 'noted', over: Partial<NewEvent> = {}): NewEvent {
  return { id: randomUUID(), type: 'Noted', data: { note }, metadata, ...over };
}

export function newEvents(count: number): readonly NewEvent[] {
  return Array.from({ length: count }, (_, i) => newEvent(i));
}

export const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);
