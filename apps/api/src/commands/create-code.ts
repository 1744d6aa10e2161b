// A seller creates a promo code with its rules (rule 2): discount, minimum spend, products, window
// and limits. The rules never change; the same code again changes nothing.
import { Body, Controller, Inject } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { CodeRules } from '#ledger/promo-code.events.ts';
import { createCode, promoCode } from '#ledger/promo-code.ts';
import { seller } from '#ledger/seller.ts';
import { promoCodeStream, sellerStream } from '#ledger/streams.ts';
import { Id } from '#ledger/values.ts';
import type { Runner } from '#event-store/runner.ts';
import type { BuyerKeys } from '../buyer-keys.ts';
import { type Answer, answered, Receipt } from '../http/answer.ts';
import { Context, timed } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { Instant, Money, occurredAt } from '../http/schemas.ts';
import { BUYER_KEYS, RUNNER } from '../wiring.ts';

const DiscountAsked = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('percentage'), percentBps: z.int().min(1).max(10_000) }),
  z.strictObject({ kind: z.literal('amount'), amount: Money }),
]);

const { name, codeType, productIds, totalLimit, perBuyerLimit } = CodeRules.shape;

export const CreateCodeBody = z
  .strictObject({
    codeId: Id,
    sellerId: Id,
    name,
    discount: DiscountAsked,
    /** Its currency is the code's. */
    minimumSpend: Money,
    codeType,
    productIds: productIds.default([]),
    redeemableFrom: Instant,
    redeemableUntil: Instant,
    totalLimit: totalLimit.default(null),
    perBuyerLimit: perBuyerLimit.default(null),
    occurredAt,
  })
  .refine(
    ({ discount, minimumSpend }) =>
      discount.kind === 'percentage' || discount.amount.currency === minimumSpend.currency,
    { message: 'must be the currency of minimumSpend', path: ['discount', 'amount', 'currency'] },
  )
  .meta({
    id: 'CreateCode',
    examples: [
      {
        codeId: '1734068005',
        sellerId: 'seller1',
        name: 'Winter sale',
        discount: { kind: 'percentage', percentBps: 1_500 },
        minimumSpend: { amount: '2000', currency: 'USD' },
        codeType: 'storewide',
        redeemableFrom: '2026-01-01T00:00:00Z',
        redeemableUntil: '2026-02-28T23:59:59.999Z',
        totalLimit: 10_000,
        perBuyerLimit: 2,
      },
    ],
  });
type CreateCodeBody = z.infer<typeof CreateCodeBody>;

export class CreateCode extends Command<Answer<Receipt>> {
  constructor(
    readonly asked: CreateCodeBody,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('codes')
export class CreateCodeController {
  constructor(private readonly commands: CommandBus) {}

  @Write('', { summary: 'Create a promo code with its rules', answer: Receipt })
  create(
    @Body({ schema: CreateCodeBody }) body: CreateCodeBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new CreateCode(body, context));
  }
}

@CommandHandler(CreateCode)
export class CreateCodeHandler implements ICommandHandler<CreateCode> {
  constructor(
    @Inject(RUNNER) private readonly runner: Runner,
    @Inject(BUYER_KEYS) private readonly buyerKeys: BuyerKeys,
  ) {}

  execute({ asked, context }: CreateCode) {
    const { discount, minimumSpend, ...rest } = asked;
    const code = {
      ...rest,
      discount:
        discount.kind === 'percentage'
          ? discount
          : { kind: discount.kind, amountMinor: discount.amount.amount },
      minimumSpendMinor: minimumSpend.amount,
      currency: minimumSpend.currency,
      buyerKeyId: this.buyerKeys.currentKeyId,
    };
    return answered(
      this.runner.transact({
        decider: promoCode,
        stream: promoCodeStream(asked.codeId),
        related: [{ decider: seller, stream: sellerStream(asked.sellerId) }],
        context,
        decide: (state, [owner]) =>
          createCode(timed(code, context), state, { seller: owner.state }),
      }),
    );
  }
}
