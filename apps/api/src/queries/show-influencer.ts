// An influencer: what it is, whom it signed or who signed it, and its balances by currency and
// state.
import { Controller, Inject, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { InfluencerKind } from '#ledger/influencer.events.ts';
import { CurrencyCode, Id, Timestamp } from '#ledger/values.ts';
import type { BalanceRow } from '#projections/balances/tables.ts';
import type { InfluencerRow, MemberRow } from '#projections/influencers/tables.ts';
import type { PayeeEstimateRow } from '#projections/orders/tables.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { Read } from '../http/route.ts';
import { money, SignedMoney } from '../http/schemas.ts';
import { existing } from '../views/page.ts';
import { READ_STORE } from '../wiring.ts';

const Contract = z.strictObject({
  agencyId: Id,
  memberId: Id,
  signedAt: Timestamp,
  releasedAt: Timestamp.nullable(),
});

const BalanceView = z.strictObject({
  currency: CurrencyCode,
  /** By state. Estimates are figures, the others are posted. */
  estimated: SignedMoney,
  pending: SignedMoney,
  held: SignedMoney,
  payable: SignedMoney,
});

export const InfluencerDetails = z
  .strictObject({
    influencerId: Id,
    kind: InfluencerKind,
    registeredAt: Timestamp,
    isSuspended: z.boolean(),
    suspensionReason: z.string().nullable(),
    /** As agency and as member, ended ones too. */
    contracts: z.array(Contract),
    balances: z.array(BalanceView),
  })
  .meta({ id: 'InfluencerDetails' });
type InfluencerDetails = z.infer<typeof InfluencerDetails>;

export class ShowInfluencer extends Query<InfluencerDetails> {
  constructor(readonly influencerId: Id) {
    super();
  }
}

@Controller('influencers')
export class ShowInfluencerController {
  constructor(private readonly queries: QueryBus) {}

  @Read(':influencerId', { summary: 'An influencer with its balances', answer: InfluencerDetails })
  show(@Param('influencerId', { schema: Id }) influencerId: Id) {
    return this.queries.execute(new ShowInfluencer(influencerId));
  }
}

const INFLUENCER_SQL = 'SELECT * FROM influencers WHERE influencerId = :influencerId';
const CONTRACTS_SQL = `SELECT * FROM members
  WHERE agencyId = :influencerId OR memberId = :influencerId
  ORDER BY agencyId, memberId LIMIT 1000`;
const ESTIMATES_SQL = 'SELECT * FROM payee_estimates WHERE payeeId = :influencerId';
const BALANCES_SQL = `SELECT * FROM balances WHERE account IN
  ('payee:' || :influencerId || ':pending', 'payee:' || :influencerId || ':held',
   'payee:' || :influencerId || ':payable')`;

@QueryHandler(ShowInfluencer)
export class ShowInfluencerHandler implements IQueryHandler<ShowInfluencer> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ influencerId: id }: ShowInfluencer): Promise<InfluencerDetails> {
    const key = { influencerId: id };
    return this.read.snapshot(() => {
      const row = this.read.get<InfluencerRow>(INFLUENCER_SQL, key);
      const { influencerId, kind, registeredAt, suspended, suspensionReason } = existing(
        row,
        'influencerId',
        'influencer',
      );
      return {
        ...{ influencerId, kind, registeredAt },
        isSuspended: suspended === 1,
        suspensionReason: suspended === 1 ? suspensionReason : null,
        contracts: [...this.read.all<MemberRow>(CONTRACTS_SQL, key)],
        balances: balancesOf(
          this.read.all<PayeeEstimateRow>(ESTIMATES_SQL, key),
          this.read.all<BalanceRow>(BALANCES_SQL, key),
        ),
      };
    });
  }
}

function balancesOf(
  estimates: readonly PayeeEstimateRow[],
  posted: readonly BalanceRow[],
): InfluencerDetails['balances'] {
  const currencies = new Set([...estimates, ...posted].map(({ currency }) => currency));
  return [...currencies].sort().map((currency) => {
    const balances = posted.filter((row) => row.currency === currency);
    const on = (state: string) => {
      const balance = balances.find(({ account }) => account.endsWith(`:${state}`));
      return money(balance?.balanceMinor ?? '0', currency);
    };
    const estimate = estimates.find((row) => row.currency === currency);
    return {
      currency,
      estimated: money(estimate?.estimatedMinor ?? '0', currency),
      pending: on('pending'),
      held: on('held'),
      payable: on('payable'),
    };
  });
}
