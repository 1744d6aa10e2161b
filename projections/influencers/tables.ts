// Rows of the influencers read model: who there is, and whom an agency has signed.
import { flag, oneOf, table, text, textOrNull, type RowOf } from '#read-store/projection.ts';
import type { InfluencerKind } from '#ledger/influencer.events.ts';

export const influencers = table({
  name: 'influencers',
  columns: {
    influencerId: text,
    kind: oneOf<InfluencerKind>(),
    registeredAt: text,
    suspended: flag,
    /** Of the latest suspension. */
    suspendedAt: textOrNull,
    suspensionReason: textOrNull,
    reinstatedAt: textOrNull,
  },
  key: ['influencerId'],
});
export type InfluencerRow = RowOf<typeof influencers>;

/** Whom an agency has signed; released members stay listed with the time of their release. */
export const members = table({
  name: 'members',
  columns: { agencyId: text, memberId: text, signedAt: text, releasedAt: textOrNull },
  key: ['agencyId', 'memberId'],
  indexes: [{ on: ['memberId', 'agencyId'] }],
});
export type MemberRow = RowOf<typeof members>;
