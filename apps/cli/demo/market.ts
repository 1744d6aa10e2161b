// Who is in the demo's market: sellers with codes, influencers and agencies, and who applies for
// what. Made from a seed alone; the commands that bring it into the ledger are in `opening.ts`.
import type { CodeRules } from '#ledger/promo-code.events.ts';
import type { RewardTerms } from '#ledger/reward.ts';
import { CODES_FROM, CODES_UNTIL } from './calendar.ts';
import type { Chance } from './chance.ts';

export interface DemoSeller {
  readonly sellerId: string;
  readonly currency: string;
  readonly products: readonly { readonly productId: string; readonly priceMinor: bigint }[];
}

export interface DemoCode {
  readonly codeId: string;
  readonly seller: DemoSeller;
  readonly rules: CodeRules;
  readonly terms: RewardTerms;
  /** In force from April on. */
  readonly newTerms: RewardTerms | undefined;
  /** Also put up in this official activity. */
  readonly activityId: string | undefined;
}

export interface DemoApplication {
  readonly influencerId: string;
  readonly code: DemoCode;
  readonly codes: number;
  /** Of an agency's codes, one each, as far as they go. */
  readonly members: readonly string[];
}

export interface Market {
  readonly sellers: readonly DemoSeller[];
  readonly codes: readonly DemoCode[];
  readonly individuals: readonly string[];
  readonly agencies: readonly { readonly agencyId: string; readonly members: readonly string[] }[];
  readonly applications: readonly DemoApplication[];
}

export interface MarketSize {
  readonly sellers: number;
  readonly individuals: number;
  readonly agencies: number;
  readonly orders: number;
}
export const DEMO_SIZE: MarketSize = {
  sellers: 300,
  individuals: 2_200,
  agencies: 120,
  orders: 102_000,
};

export const ACTIVITIES = ['spring_sale', 'anniversary'] as const;

const CURRENCIES = [
  ...Array<string>(11).fill('USD'),
  ...Array<string>(4).fill('EUR'),
  ...['GBP', 'GBP', 'JPY', 'JPY', 'KWD'],
];

export function marketOf(chance: Chance, size: MarketSize): Market {
  const sellers = numbered('seller', size.sellers).map((id) => sellerOf(chance, id));
  const codes = sellers.flatMap((seller) =>
    Array.from({ length: chance.between(1, 3) }, (_, index) => codeOf(chance, seller, index + 1)),
  );
  const individuals = numbered('influencer', size.individuals);
  const agencies = numbered('agency', size.agencies).map((agencyId) => ({
    agencyId,
    members: distinct(chance, individuals, chance.between(3, 12)),
  }));
  const popular = shuffled(chance, codes);
  const applications = [
    ...individuals.flatMap((influencerId) =>
      distinct(chance, popular, chance.oneOf([1, 1, 2, 3])).map((code) => ({
        ...{ influencerId, code, codes: 1, members: [] },
      })),
    ),
    ...agencies.flatMap(({ agencyId, members }) =>
      distinct(chance, popular, chance.between(1, 3)).map((code) => ({
        ...{ influencerId: agencyId, code, codes: chance.between(2, 10), members },
      })),
    ),
  ];
  return { sellers, codes, individuals, agencies, applications: shuffled(chance, applications) };
}

function sellerOf(chance: Chance, sellerId: string): DemoSeller {
  const currency = chance.oneOf(CURRENCIES);
  const unit = currency === 'KWD' ? 10 : 1;
  const products = numbered('product', 40).map((productId) => ({
    productId,
    priceMinor: BigInt(chance.between(400, 9_000) * unit),
  }));
  return { sellerId, currency, products };
}

function codeOf(chance: Chance, seller: DemoSeller, index: number): DemoCode {
  const codeId = `${seller.sellerId}.${index}`;
  const terms = termsOf(chance, seller);
  const hasSetProducts = chance.happens(25);
  const isSmall = chance.happens(5);
  const rules: CodeRules = {
    name: `Code ${index} of ${seller.sellerId}`,
    discount: { kind: 'percentage', percentBps: chance.between(2, 8) * 250 },
    minimumSpendMinor: chance.happens(70) ? '0' : String(chance.between(1, 4) * 500),
    codeType: hasSetProducts ? 'set_products' : 'storewide',
    productIds: hasSetProducts ? productSet(chance, seller) : [],
    currency: seller.currency,
    redeemableFrom: CODES_FROM,
    redeemableUntil: chance.happens(6) ? '2026-04-10T23:59:59.999Z' : CODES_UNTIL,
    totalLimit: isSmall ? chance.between(60, 400) : null,
    perBuyerLimit: chance.happens(40) ? chance.between(1, 3) : null,
  };
  const newTerms = chance.happens(20) ? termsOf(chance, seller) : undefined;
  const activityId = chance.happens(15) ? chance.oneOf(ACTIVITIES) : undefined;
  return { codeId, seller, rules, terms, newTerms, activityId };
}

function termsOf(chance: Chance, { currency }: DemoSeller): RewardTerms {
  if (chance.happens(70)) return { kind: 'rate', rateBps: chance.between(12, 60) * 25 };
  const unit = currency === 'KWD' ? 10 : 1;
  return { kind: 'fixed_fee', feeMinor: String(chance.between(50, 400) * unit) };
}

const productSet = (chance: Chance, { products }: DemoSeller) =>
  distinct(chance, products, chance.between(12, 30))
    .map(({ productId }) => productId)
    .sort();

function numbered(name: string, end: number): string[] {
  const digits = String(end).length;
  return Array.from({ length: end }, (_, n) => `${name}_${String(n + 1).padStart(digits, '0')}`);
}

function distinct<T>(chance: Chance, choices: readonly T[], wanted: number): T[] {
  const chosen = new Set<T>();
  const most = Math.min(wanted, choices.length);
  while (chosen.size < most) chosen.add(chance.popularOf(choices));
  return [...chosen];
}

function shuffled<T>(chance: Chance, list: readonly T[]): T[] {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = chance.below(last + 1);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}
