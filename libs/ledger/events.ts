// Every event of the ledger, by stream category. A stored type that is not here stops a follower.
import { z } from 'zod';
import { ActivityEvent, EntryEvent } from './activity.events.ts';
import { ApplicationEvent } from './application.events.ts';
import { InfluencerEvent } from './influencer.events.ts';
import { IssuedCodeEvent } from './issued-code.events.ts';
import { OrderEvent } from './order.events.ts';
import { PayeeEvent } from './payee.events.ts';
import { ProgrammeEvent } from './programme.events.ts';
import { PromoCodeEvent } from './promo-code.events.ts';
import { SellerEvent } from './seller.events.ts';
import { TaskEvent } from './task.events.ts';

export const LedgerEvent = z.union([
  ProgrammeEvent,
  SellerEvent,
  InfluencerEvent,
  PromoCodeEvent,
  ActivityEvent,
  EntryEvent,
  TaskEvent,
  ApplicationEvent,
  IssuedCodeEvent,
  OrderEvent,
  PayeeEvent,
]);
export type LedgerEvent = z.infer<typeof LedgerEvent>;
export type EventType = LedgerEvent['type'];

const typesOf = (schema: (typeof LedgerEvent.options)[number]): readonly EventType[] =>
  'options' in schema
    ? schema.options.map((option) => option.shape.type.value)
    : [schema.shape.type.value];
export const EVENT_TYPES: ReadonlySet<string> = new Set(LedgerEvent.options.flatMap(typesOf));

export type EventOf<T extends EventType> = Extract<LedgerEvent, { type: T }>;

/** Where an event stands: its lasting name, its place in the log. */
export interface Recorded {
  readonly stream: string;
  readonly revision: number;
  /** How many events of the ledger stand before it. */
  readonly logIndex: number;
}
export type RecordedLedgerEvent = LedgerEvent & Recorded;
