// Rows of official activities and of the applications to them.
import { oneOf, table, text, textOrNull, type RowOf } from '#read-store/projection.ts';
import type { SampleOffer } from '#ledger/promo-code.events.ts';

export const activities = table({
  name: 'activities',
  columns: {
    activityId: text,
    name: text,
    channel: text,
    applicationClosesAt: text,
    publishedAt: text,
  },
  key: ['activityId'],
  indexes: [{ on: ['publishedAt', 'activityId'] }],
});
export type ActivityRow = RowOf<typeof activities>;

/** A seller's applied activities. */
export const entries = table({
  name: 'entries',
  columns: {
    activityId: text,
    codeId: text,
    sellerId: text,
    channel: text,
    status: oneOf<'applied' | 'accepted' | 'declined'>(),
    declinedReason: textOrNull,
    samples: oneOf<SampleOffer>(),
    applicationClosesAt: text,
    submissionClosesAt: textOrNull,
    appliedAt: text,
    decidedAt: textOrNull,
  },
  key: ['activityId', 'codeId'],
  indexes: [
    { on: ['sellerId', 'appliedAt', 'activityId', 'codeId'] },
    { on: ['activityId', 'appliedAt', 'codeId'] },
  ],
});
export type EntryRow = RowOf<typeof entries>;
