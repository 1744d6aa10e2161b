// An order that used a promo code. It is attributed to whoever holds the code, or rejected with a
// reason that is stored; the same order again gets the first answer, another content is refused.
import { Body, Controller } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { isCurrency } from '#ledger/currency.ts';
import { areLinesWithinSize, MAX_ORDER_LINES, OrderLine } from '#ledger/order-content.ts';
import { CurrencyCode, Id } from '#ledger/values.ts';
import type { Answer } from '../http/answer.ts';
import { Context } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { Instant } from '../http/schemas.ts';
import { look } from '../processes/look.ts';
import { OrderAnswer } from '../processes/order-answer.ts';
import { OrderDesk } from '../processes/order-desk.ts';
import type { OrderRequest } from '../processes/order-request.ts';
import { redeem } from '../processes/redeem.ts';

const CODE = /^[A-Za-z0-9]{4,20}$/;

/** As the buyer typed it. Case does not matter; what cannot be a code at all is an unknown one. */
const TypedCode = z
  .string()
  .max(200)
  .transform((typed) => (CODE.test(typed) ? typed.toUpperCase() : null))
  .meta({ examples: ['ADA2K7QX9M'] });

export const TakeOrderBody = z
  .strictObject({
    sellerId: Id,
    orderId: Id,
    code: TypedCode,
    currency: CurrencyCode.refine(isCurrency, { message: 'is not a currency that exists' }),
    paidAt: Instant,
    /** The platform's own id of the buyer: never stored, only its keyed hash. */
    buyerId: z
      .string()
      .min(1)
      .max(256)
      .refine((id) => id.isWellFormed(), { message: 'must be well-formed text' })
      .optional(),
    lines: z
      .array(OrderLine)
      .min(1)
      .max(MAX_ORDER_LINES)
      .refine(areLinesWithinSize, { message: 'must be at most 256 KiB together' }),
    /** When the order came confirmed already. */
    confirmedAt: Instant.optional(),
  })
  .meta({
    id: 'TakeOrder',
    examples: [
      {
        sellerId: 'seller1',
        orderId: 'order1',
        code: 'ADA2K7QX9M',
        currency: 'USD',
        paidAt: '2026-01-05T10:00:00.000Z',
        buyerId: 'buyer-77',
        lines: [
          { lineId: '1', productId: 'p1', quantity: 1, listMinor: '12000', paidMinor: '9800' },
        ],
      },
    ],
  });
export type TakeOrderBody = z.infer<typeof TakeOrderBody>;

export class TakeOrder extends Command<Answer<OrderAnswer>> {
  constructor(
    readonly order: TakeOrderBody,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('orders')
export class TakeOrderController {
  constructor(private readonly commands: CommandBus) {}

  @Write('', { summary: 'An order that used a promo code', answer: OrderAnswer })
  take(@Body({ schema: TakeOrderBody }) body: TakeOrderBody, @Context() context: CommandContext) {
    return this.commands.execute(new TakeOrder(body, context));
  }
}

@CommandHandler(TakeOrder)
export class TakeOrderHandler implements ICommandHandler<TakeOrder> {
  constructor(private readonly desk: OrderDesk) {}

  async execute({ order, context }: TakeOrder) {
    return redeem(this.desk, await look(this.desk, requestOf(order)), context);
  }
}

export const requestOf = ({ code, ...order }: TakeOrderBody): OrderRequest => ({
  ...order,
  text: code,
});
