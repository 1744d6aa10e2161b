// Which events of $all a reader asked for, and after how many it wants to know how far it is.
import type streamMessages from '@eventstore/db-client/generated/streams_pb.js';
import type { StoredEvent } from './record.ts';

export interface Filter {
  readonly matches: (event: StoredEvent) => boolean;
  /** Events looked at in one go. */
  readonly window: number;
  /** A checkpoint comes after so many events that were looked at. */
  readonly checkpointEvery: number;
}

/** The real server's page, when the reader names no window. */
const WINDOW_EVENTS = 32;

export function filterOf(options: streamMessages.ReadReq.Options): Filter | undefined {
  const filter = options.getFilter();
  if (!filter) return undefined;
  const window = filter.hasMax() ? filter.getMax() : WINDOW_EVENTS;
  const expression = filter.getEventType() ?? filter.getStreamIdentifier();
  const regex = expression?.getRegex();
  const test = regex === undefined || regex === '' ? undefined : new RegExp(regex, 'u');
  const prefixes = expression?.getPrefixList() ?? [];
  const isOfType = filter.hasEventType();
  return {
    matches: ({ type, stream }) => {
      const name = isOfType ? type : stream;
      return test ? test.test(name) : prefixes.some((prefix) => name.startsWith(prefix));
    },
    window,
    checkpointEvery: window * Math.max(1, filter.getCheckpointintervalmultiplier()),
  };
}
