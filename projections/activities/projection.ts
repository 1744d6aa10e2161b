// Which official activities there are, and which codes sellers applied with (rule 5).
import { change, projection } from '#read-store/projection.ts';
import { activities, entries } from './tables.ts';

export const activitiesProjection = projection({
  name: 'activities',
  version: 1,
  tables: [activities, entries],
  on: {
    ActivityPublished({ data: { occurredAt, ...activity } }, rows) {
      rows.put(activities, { ...activity, publishedAt: occurredAt });
    },
    ActivityApplied: ({ data }, rows) =>
      rows.put(entries, {
        activityId: data.activityId,
        codeId: data.codeId,
        sellerId: data.sellerId,
        channel: data.channel,
        status: 'applied',
        declinedReason: null,
        ...data.terms,
        appliedAt: data.occurredAt,
        decidedAt: null,
      }),
    ActivityApplicationAccepted: ({ data }, rows) =>
      change(rows, entries, [data.activityId, data.codeId], {
        status: 'accepted',
        decidedAt: data.occurredAt,
      }),
    ActivityApplicationDeclined: ({ data }, rows) =>
      change(rows, entries, [data.activityId, data.codeId], {
        status: 'declined',
        declinedReason: data.reason,
        decidedAt: data.occurredAt,
      }),
  },
});
