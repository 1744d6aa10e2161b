// Which code texts were issued, to whom, who promotes them, and which were revoked (rule 8).
import { change, projection } from '#read-store/projection.ts';
import { issuedCodes } from './tables.ts';

export const influencerCodes = projection({
  name: 'influencer-codes',
  version: 1,
  tables: [issuedCodes],
  on: {
    CodeIssued: ({ data }, rows) =>
      rows.put(issuedCodes, {
        text: data.text,
        codeId: data.codeId,
        taskId: data.taskId,
        sellerId: data.sellerId,
        payeeId: data.payeeId,
        promoterId: null,
        requestId: data.requestId,
        requestIndex: data.index,
        status: 'issued',
        issuedAt: data.occurredAt,
        assignedAt: null,
        revokedAt: null,
        revocationReason: null,
      }),
    CodeAssigned: ({ data }, rows) =>
      change(rows, issuedCodes, [data.text], {
        promoterId: data.promoterId,
        assignedAt: data.occurredAt,
      }),
    CodeRevoked: ({ data }, rows) =>
      change(rows, issuedCodes, [data.text], {
        status: 'revoked',
        revokedAt: data.occurredAt,
        revocationReason: data.reason,
      }),
  },
});
