// Which orders need not be looked up before they are taken. Where others write too, reading a
// stream that does not exist costs as much as storing an order; the follower's rows know every
// stream but those of the last moments. A hint only: an order that was stored elsewhere meanwhile
// shows when its outcome is to be stored, and has the use of its code given back.
import { Inject, Injectable } from '@nestjs/common';
import type { EventStore } from '#event-store/port.ts';
import type { Runner } from '#event-store/runner.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import type { Follower } from '../follower/follower.ts';
import { EVENT_STORE, FOLLOWER, READ_STORE, RUNNER } from '../wiring.ts';

/** Rows that are further behind the log than this are not asked. */
const MAX_LAG_MS = 2_000;

export interface NewStreams {
  /** Whether the stream most likely does not exist. */
  isPresumedNew(stream: string): boolean;
}

@Injectable()
export class NewOrders implements NewStreams {
  constructor(
    @Inject(EVENT_STORE) private readonly log: Pick<EventStore, 'isOnlyWriter'>,
    @Inject(RUNNER) private readonly runner: Pick<Runner, 'isAtWorkOn'>,
    @Inject(FOLLOWER) private readonly follower: Pick<Follower, 'knowsLogAsOf'>,
    @Inject(READ_STORE) private readonly rows: Pick<ReadModel, 'hasSeen'>,
  ) {}

  isPresumedNew(stream: string): boolean {
    if (this.log.isOnlyWriter || this.runner.isAtWorkOn(stream)) return false;
    const lag = performance.now() - this.follower.knowsLogAsOf();
    return lag <= MAX_LAG_MS && !this.rows.hasSeen(stream);
  }
}
