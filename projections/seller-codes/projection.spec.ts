import { given, type GivenEvent } from '#read-store/given.ts';
import { sellerCodes } from './projection.ts';
import { codes, rewardPlans } from './tables.ts';

const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
const stream = 'promoCode-SPRING';
const rules = {
  name: 'Spring',
  minimumSpendMinor: '5000',
  currency: 'USD',
  redeemableFrom: at(1),
  redeemableUntil: at(9),
  totalLimit: 100,
  perBuyerLimit: null,
} as const;
const created: GivenEvent = [
  stream,
  'CodeCreated',
  {
    codeId: 'SPRING',
    sellerId: 'connect',
    ...rules,
    discount: { kind: 'percentage', percentBps: 1_500 },
    codeType: 'set_products',
    productIds: ['p1', 'p2'],
    buyerKeyId: 'k1',
    occurredAt: at(1),
  },
];
const fact = (
  type: 'AffiliateDisabled' | 'CodePaused' | 'CodeResumed',
  day: number,
): GivenEvent => [stream, type, { codeId: 'SPRING', occurredAt: at(day) }];
const enabled: GivenEvent = [
  stream,
  'AffiliateEnabled',
  { codeId: 'SPRING', defaultChannel: null, occurredAt: at(2) },
];

test('a code has its rules; the switch is off at first', () => {
  expect(given(sellerCodes, [created]).of(codes)).toEqual([
    {
      codeId: 'SPRING',
      sellerId: 'connect',
      ...rules,
      discountKind: 'percentage',
      discountBps: 1_500,
      discountMinor: null,
      codeType: 'set_products',
      affiliateSwitch: 0,
      status: 'active',
      closedReason: null,
      createdAt: at(1),
      planVersion: null,
      productIds: '["p1","p2"]',
    },
  ]);
});

test('shows the switch, pauses and the closing', () => {
  const last = (...events: readonly GivenEvent[]) =>
    given(sellerCodes, [created, ...events]).of(codes)[0];
  expect(last(enabled)).toMatchObject({ affiliateSwitch: 1 });
  expect(last(enabled, fact('AffiliateDisabled', 3))).toMatchObject({ affiliateSwitch: 0 });
  expect(last(fact('CodePaused', 3))).toMatchObject({ status: 'paused' });
  expect(last(fact('CodePaused', 3), fact('CodeResumed', 4))).toMatchObject({ status: 'active' });
  const closed = { codeId: 'SPRING', reason: 'seller_left', occurredAt: at(5) } as const;
  expect(last(enabled, [stream, 'CodeClosed', closed])).toMatchObject({
    status: 'closed',
    closedReason: 'seller_left',
  });
});

test('keeps every version of the plan; the code names the latest', () => {
  const changed = (
    version: number,
    terms: { kind: 'rate'; rateBps: number } | { kind: 'fixed_fee'; feeMinor: string },
  ): GivenEvent => [
    stream,
    'RewardPlanChanged',
    { codeId: 'SPRING', version, terms, effectiveFrom: at(version), occurredAt: at(version) },
  ];
  const rows = given(sellerCodes, [
    created,
    changed(1, { kind: 'rate', rateBps: 700 }),
    changed(2, { kind: 'fixed_fee', feeMinor: '300' }),
  ]);
  expect(rows.of(rewardPlans)).toEqual([
    {
      codeId: 'SPRING',
      version: 1,
      kind: 'rate',
      rateBps: 700,
      feeMinor: null,
      effectiveFrom: at(1),
    },
    {
      codeId: 'SPRING',
      version: 2,
      kind: 'fixed_fee',
      rateBps: null,
      feeMinor: '300',
      effectiveFrom: at(2),
    },
  ]);
  expect(rows.of(codes)).toMatchObject([{ planVersion: 2 }]);
});
