// Rows of issued codes: one per text, for ever.
import { integer, oneOf, table, text, textOrNull, type RowOf } from '#read-store/projection.ts';

export const issuedCodes = table({
  name: 'issued_codes',
  columns: {
    text,
    codeId: text,
    taskId: text,
    sellerId: text,
    payeeId: text,
    /** The member to whom the agency handed it. */
    promoterId: textOrNull,
    requestId: text,
    requestIndex: integer,
    status: oneOf<'issued' | 'revoked'>(),
    issuedAt: text,
    assignedAt: textOrNull,
    revokedAt: textOrNull,
    revocationReason: textOrNull,
  },
  key: ['text'],
  indexes: [
    { on: ['payeeId', 'issuedAt', 'text'] },
    { on: ['promoterId', 'issuedAt', 'text'], where: 'promoterId IS NOT NULL' },
    { on: ['taskId', 'payeeId', 'requestId', 'requestIndex'] },
    { on: ['codeId', 'issuedAt', 'text'] },
  ],
});
export type IssuedCodeRow = RowOf<typeof issuedCodes>;
