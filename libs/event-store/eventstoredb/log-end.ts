// Where the ledger's last event stands, found backwards from the server's last event. What was
// found is kept, so that others' events are passed by once.
import type { Position as ServerPosition } from '@eventstore/db-client';
import { NO_POSITION, type Position } from '../port.ts';
import type { Connection } from './connection.ts';
import { READ_BUFFER, readPage } from './read-page.ts';

const MAX_PAGE = 1_000;

export class LogEnd {
  readonly #connection: Connection;
  readonly #prefix: string;
  /** Up to here, the server's events included, the ledger's last is known. */
  #upTo: Position;
  #last: Position = NO_POSITION;

  /** None of the log's events stands before `begin`. */
  constructor(connection: Connection, prefix: string, begin: Position = NO_POSITION) {
    this.#connection = connection;
    this.#prefix = prefix;
    this.#upTo = begin;
  }

  /** `last` is the ledger's last event of all that stand up to `upTo`. */
  learn(upTo: Position, last: Position): void {
    if (upTo <= this.#upTo) return;
    this.#upTo = upTo;
    this.#last = last;
  }

  /** NO_POSITION when the ledger has no event. */
  async find(): Promise<Position> {
    let newest: Position | undefined;
    let from: ServerPosition | 'end' = 'end';
    for (let count = 1; ; count = Math.min(count * 16, MAX_PAGE)) {
      let last: Position | undefined;
      let given = 0;
      await this.#page(from, count, (position, isLedgers) => {
        given += 1;
        from = position;
        newest ??= position.commit;
        if (position.commit <= this.#upTo) last = this.#last;
        else if (isLedgers) last = position.commit;
        return last === undefined;
      });
      if (last === undefined && given >= count) continue;
      last ??= NO_POSITION;
      this.learn(newest ?? NO_POSITION, last);
      return last;
    }
  }

  #page(
    fromPosition: ServerPosition | 'end',
    maxCount: number,
    take: (position: ServerPosition, isLedgers: boolean) => boolean,
  ): Promise<unknown> {
    const { callOptions, patience } = this.#connection;
    const options = { ...callOptions, direction: 'backwards', fromPosition, maxCount } as const;
    return this.#connection.callAgain(['not_done', 'unknown'], (client) =>
      readPage(client.readAll(options, READ_BUFFER), patience.callMs, ({ event }) => {
        if (event === undefined) return true;
        const { streamId, position } = event;
        return take(position, !streamId.startsWith('$') && streamId.startsWith(this.#prefix));
      }),
    );
  }
}
