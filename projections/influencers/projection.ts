// Which influencers and agencies there are, who is suspended, and whom an agency has signed.
import { change, projection } from '#read-store/projection.ts';
import { influencers, members } from './tables.ts';

export const influencersProjection = projection({
  name: 'influencers',
  version: 1,
  tables: [influencers, members],
  on: {
    InfluencerRegistered: ({ data }, rows) =>
      rows.put(influencers, {
        influencerId: data.influencerId,
        kind: data.kind,
        registeredAt: data.occurredAt,
        suspended: 0,
        suspendedAt: null,
        suspensionReason: null,
        reinstatedAt: null,
      }),
    InfluencerSuspended: ({ data }, rows) =>
      change(rows, influencers, [data.influencerId], {
        suspended: 1,
        suspendedAt: data.occurredAt,
        suspensionReason: data.reason,
        reinstatedAt: null,
      }),
    InfluencerReinstated: ({ data }, rows) =>
      change(rows, influencers, [data.influencerId], {
        suspended: 0,
        reinstatedAt: data.occurredAt,
      }),
    MemberSigned: ({ data }, rows) =>
      rows.put(members, {
        agencyId: data.influencerId,
        memberId: data.memberId,
        signedAt: data.occurredAt,
        releasedAt: null,
      }),
    MemberReleased: ({ data }, rows) =>
      change(rows, members, [data.influencerId, data.memberId], { releasedAt: data.occurredAt }),
  },
});
