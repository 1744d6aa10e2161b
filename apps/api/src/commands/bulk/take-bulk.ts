// The bulk feed over HTTP: NDJSON streamed in, one answer a line streamed out. Who does not read
// the answers is not read from either. A caller that goes away stops the reading; what was begun
// is finished. When the service stops, a feed ends behind the last line that was read.
import { Readable } from 'node:stream';
import { Body, Controller, Header, Inject, StreamableFile } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { CommandContext } from '#ledger/command-context.ts';
import { Context } from '../../http/command-context.ts';
import { Write } from '../../http/route.ts';
import { CLOCK, type Clock } from '../../wiring.ts';
import { BulkAnswer } from './bulk-answer.ts';
import { BulkOrders } from './bulk-orders.ts';
import { Feed } from './feed.ts';

/** When the service stops, a caller has this long to take the answers that are left. */
const LAST_ANSWERS_WITHIN_MS = 5_000;

@Controller('orders/bulk')
export class TakeBulkController implements BeforeApplicationShutdown {
  readonly #feeds = new Map<Feed<Uint8Array>, Readable>();

  constructor(
    private readonly orders: BulkOrders,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Write('', {
    summary: 'Orders and facts about them, one a line',
    description:
      'Orders, confirmations, refunds, cancellations and invalidations, mixed, in any order. ' +
      'Each line is answered by one line, in the order of the input. Read the answers while you ' +
      'send: who does not read them is not read from either.',
    consumes: 'application/x-ndjson',
    answer: BulkAnswer,
  })
  /**
   * Of a feed that is ended from this side the rest is never read: the connection goes with
   * it.
   */
  @Header('connection', 'close')
  take(@Body() lines: Readable, @Context() context: CommandContext): StreamableFile {
    const feed = new Feed<Uint8Array>(lines);
    const { actor, correlationId, causationId } = context;
    const asked = { actor, correlationId, causationId, clock: this.clock };
    const answers = this.orders.ingest(feed, asked);
    const written = Readable.from(texts(answers));
    this.#feeds.set(feed, written);
    written.once('close', () => this.#feeds.delete(feed));
    return new StreamableFile(written, { type: 'application/x-ndjson' });
  }

  beforeApplicationShutdown(): void {
    for (const [feed, written] of this.#feeds) {
      feed.end();
      setTimeout(() => written.destroy(), LAST_ANSWERS_WITHIN_MS).unref();
    }
  }
}

async function* texts(
  batches: AsyncIterable<readonly BulkAnswer[]>,
): AsyncGenerator<string, void, undefined> {
  for await (const answers of batches) {
    if (answers.length > 0) yield answers.map((each) => `${JSON.stringify(each)}\n`).join('');
  }
}
