// A refund of an order: of lines, of an amount for the whole order, or of everything that is left.
// Too much for what remains is stored as refused; one that comes before its order is parked.
import { hash } from 'node:crypto';
import { Body, Controller, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { canonicalJson } from '#ledger/canonical-json.ts';
import type { CommandContext } from '#ledger/command-context.ts';
import { isCurrency } from '#ledger/currency.ts';
import { areLinesWithinSize } from '#ledger/order-content.ts';
import { RefundRequest } from '#ledger/order.events.ts';
import { refundOrder } from '#ledger/refund.ts';
import { CurrencyCode, ForeignId, Id } from '#ledger/values.ts';
import type { Answer } from '../http/answer.ts';
import { Context } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { Instant } from '../http/schemas.ts';
import { OrderDesk, withoutKey } from '../processes/order-desk.ts';
import { OrderFactAnswer, tellOrder } from '../processes/tell-order.ts';

export const RefundOrderBody = z
  .strictObject({
    /** From the feed; used once and for ever. */
    refundId: ForeignId,
    currency: CurrencyCode.refine(isCurrency, { message: 'is not a currency that exists' }),
    refund: RefundRequest.refine(
      (request) => request.kind !== 'lines' || areLinesWithinSize(request.lines),
      { message: 'must be at most 256 KiB' },
    ),
    /** The clock when left out. */
    occurredAt: Instant.optional(),
  })
  .meta({
    id: 'RefundOrder',
    examples: [{ refundId: 'r1', currency: 'USD', refund: { kind: 'amount', amountMinor: '500' } }],
  });
export type RefundOrderBody = z.infer<typeof RefundOrderBody>;

export class RefundOrder extends Command<Answer<OrderFactAnswer>> {
  constructor(
    readonly order: { readonly sellerId: Id; readonly orderId: Id } & RefundOrderBody,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('orders/:sellerId/:orderId/refunds')
export class RefundOrderController {
  constructor(private readonly commands: CommandBus) {}

  @Write('', { summary: 'An order is refunded, in part or whole', answer: OrderFactAnswer })
  refund(
    @Param('sellerId', { schema: Id }) sellerId: Id,
    @Param('orderId', { schema: Id }) orderId: Id,
    @Body({ schema: RefundOrderBody }) body: RefundOrderBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new RefundOrder({ sellerId, orderId, ...body }, context));
  }
}

@CommandHandler(RefundOrder)
export class RefundOrderHandler implements ICommandHandler<RefundOrder> {
  constructor(private readonly desk: OrderDesk) {}

  execute({ order, context }: RefundOrder) {
    const { sellerId, orderId, refundId, currency, refund: request } = order;
    const occurredAt = order.occurredAt ?? context.now;
    const refund = { refundId, contentHash: contentHash(order), currency, request, occurredAt };
    return tellOrder(this.desk, {
      sellerId,
      orderId,
      context: withoutKey(context),
      occurredAt,
      decide: (state) => refundOrder({ sellerId, orderId, ...refund }, state),
      isKnownAs: ({ type, data }) =>
        type !== 'RefundCancelled' && 'refundId' in data && data.refundId === refundId,
    });
  }
}

/** Of what the feed said, and of no time that it did not say: a repeat is told by it. */
function contentHash({ currency, refund, occurredAt }: RefundOrderBody): string {
  const said = { currency, refund, ...(occurredAt !== undefined && { occurredAt }) };
  return hash('sha256', canonicalJson(said), 'hex');
}
