// Which sellers there are, and since when they are on the platform and in the affiliate programme.
import { change, projection } from '#read-store/projection.ts';
import { sellers } from './tables.ts';

export const sellersProjection = projection({
  name: 'sellers',
  version: 1,
  tables: [sellers],
  on: {
    /** A seller that comes back enrols again. */
    SellerJoined: ({ data: { sellerId, occurredAt } }, rows) =>
      rows.put(sellers, { sellerId, joinedAt: occurredAt, enrolledAt: null, leftAt: null }),
    SellerEnrolled: ({ data }, rows) =>
      change(rows, sellers, [data.sellerId], { enrolledAt: data.occurredAt }),
    SellerLeft: ({ data }, rows) =>
      change(rows, sellers, [data.sellerId], { leftAt: data.occurredAt }),
  },
});
