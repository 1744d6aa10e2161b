// A small market for tests, set up through HTTP as callers would: rules, a seller with a code that
// is switched on, influencers with codes of their own.
import type { TestLedger } from './boot-ledger.ts';

export const RULES = {
  firstPeriod: '2026-01',
  graceHours: 72,
  holdDays: 7,
  confirmationLimitDays: 180,
};

/** A storewide code of `seller1` that could be created as it is. */
export const codeBody = (codeId: string, more: object = {}) => ({
  codeId,
  sellerId: 'seller1',
  name: 'Winter sale',
  discount: { kind: 'percentage', percentBps: 1_000 },
  minimumSpend: { amount: '2000', currency: 'USD' },
  codeType: 'storewide',
  redeemableFrom: '2026-01-01T00:00:00.000Z',
  redeemableUntil: '2026-02-28T23:59:59.999Z',
  ...more,
});

/** An order of 100.00 that could be taken as it is. */
export const orderBody = (orderId: string, code: string, more: object = {}) => ({
  sellerId: 'seller1',
  orderId,
  code,
  currency: 'USD',
  paidAt: '2026-01-15T11:00:00.000Z',
  buyerId: `buyer of ${orderId}`,
  lines: [{ lineId: '1', productId: 'p1', quantity: 1, listMinor: '12000', paidMinor: '10000' }],
  ...more,
});

type Sent = ReturnType<TestLedger['post']>;

/** The body of what had to go well. */
export async function done(sent: Sent): Promise<any> {
  const { status, body } = await sent;
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

/** Rules, and a seller in the affiliate programme. */
export async function openMarket({ post, put }: TestLedger, sellerId = 'seller1'): Promise<void> {
  const occurredAt = '2026-01-01T00:00:00.000Z';
  await done(put('/programme/rules', { ...RULES, occurredAt }));
  await done(post('/sellers', { sellerId, occurredAt }));
  await done(post(`/sellers/${sellerId}/enrol`, { occurredAt }));
}

/** A code with its switch on, a rate of 10 % and an open task in the default channel. */
export async function openCode({ post }: TestLedger, codeId: string, more = {}): Promise<void> {
  const occurredAt = '2026-01-02T00:00:00.000Z';
  await done(post('/codes', codeBody(codeId, { occurredAt, ...more })));
  const reward = { kind: 'rate', rateBps: 1_000 };
  await done(post(`/codes/${codeId}/affiliate/enable`, { defaultChannel: {}, reward, occurredAt }));
}

/** An individual with a code for the task; gives the code's text. */
export async function issueText(
  { post }: TestLedger,
  codeId: string,
  influencerId: string,
): Promise<string> {
  const occurredAt = '2026-01-03T00:00:00.000Z';
  await done(post('/influencers', { influencerId, kind: 'individual', occurredAt }));
  const applications = `/tasks/${codeId}.default/applications`;
  await done(post(applications, { influencerId, occurredAt }));
  const { texts } = await done(
    post(`${applications}/${influencerId}/codes`, { requestId: 'first', occurredAt }),
  );
  return texts[0];
}
