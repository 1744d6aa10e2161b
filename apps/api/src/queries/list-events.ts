// The events of one stream as they are stored, in order: the truth that everything else is computed
// from. Streams are named as in the design: `seller-s1`, `order-s1/o1`, `promoCode-c1`,
// `programme`.
import { Controller, Inject, Query as Asked } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { Metadata } from '#ledger/metadata.ts';
import { EventRef } from '#ledger/values.ts';
import { eventRef } from '#ledger/streams.ts';
import type { EventLogReader } from '#event-store/port.ts';
import { Read } from '../http/route.ts';
import { cursorOf, keysOf, type Page, pageOf, pageQuery } from '../views/page.ts';
import { EVENT_STORE } from '../wiring.ts';

const StreamName = z
  .string()
  .max(200)
  .regex(/^(programme|[a-zA-Z]+-[A-Za-z0-9_./]+)$/, 'must name a stream, as order-s1/o1');

export const ListEventsQuery = z.strictObject({
  stream: StreamName,
  /** The first revision shown. */
  from: z
    .string()
    .regex(/^\d{1,9}$/, 'must be a revision')
    .transform(Number)
    .default(0),
  ...pageQuery,
});
type ListEventsQuery = z.infer<typeof ListEventsQuery>;

export const StoredEvent = z
  .strictObject({
    event: EventRef,
    revision: z.int(),
    id: z.uuid(),
    type: z.string(),
    data: z.looseObject({}),
    metadata: Metadata,
  })
  .meta({ id: 'StoredEvent' });
type StoredEvent = z.infer<typeof StoredEvent>;

const EventPage = pageOf(StoredEvent).meta({ id: 'StoredEventPage' });

export class ListEvents extends Query<Page<StoredEvent>> {
  constructor(readonly asked: ListEventsQuery) {
    super();
  }
}

@Controller('events')
export class ListEventsController {
  constructor(private readonly queries: QueryBus) {}

  @Read('', { summary: 'The events of a stream', answer: EventPage })
  list(@Asked({ schema: ListEventsQuery }) asked: ListEventsQuery) {
    return this.queries.execute(new ListEvents(asked));
  }
}

@QueryHandler(ListEvents)
export class ListEventsHandler implements IQueryHandler<ListEvents> {
  constructor(@Inject(EVENT_STORE) private readonly log: EventLogReader) {}

  async execute({ asked }: ListEvents): Promise<Page<StoredEvent>> {
    const { stream, limit, cursor } = asked;
    const [from] = cursor === undefined ? [asked.from] : keysOf('events', cursor, { from: 0 });
    const events = await this.log.readStream(stream, { from: Number(from), limit });
    const items = events.map(({ revision, id, type, data, metadata }) => ({
      event: eventRef(stream, revision),
      ...{ revision, id, type, metadata },
      data: { ...data },
    }));
    const behind = (items.at(-1)?.revision ?? -1) + 1;
    const hasMore = items.length > 0 && (await this.#isThere(stream, behind));
    return { items, next: hasMore ? cursorOf('events', [behind]) : null };
  }

  /** A page that is shorter than was asked for need not be the last: its events may be large. */
  async #isThere(stream: string, revision: number): Promise<boolean> {
    return (await this.log.readStream(stream, { from: revision, limit: 1 })).length > 0;
  }
}
