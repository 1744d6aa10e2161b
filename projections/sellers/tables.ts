// Rows of the sellers read model.
import { table, text, textOrNull, type RowOf } from '#read-store/projection.ts';

export const sellers = table({
  name: 'sellers',
  columns: {
    sellerId: text,
    joinedAt: text,
    enrolledAt: textOrNull,
    leftAt: textOrNull,
  },
  key: ['sellerId'],
});
export type SellerRow = RowOf<typeof sellers>;
