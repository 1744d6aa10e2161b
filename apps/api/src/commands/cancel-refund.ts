// A refund is cancelled, as when a chargeback was won: exactly what it took is given back, or the
// parked refund is taken away. Its id stays used; one that is unknown is refused.
import { Body, Controller, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { cancelRefund } from '#ledger/refund.ts';
import { ForeignId, Id } from '#ledger/values.ts';
import type { Answer } from '../http/answer.ts';
import { Context } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { Instant } from '../http/schemas.ts';
import { OrderDesk, withoutKey } from '../processes/order-desk.ts';
import { OrderFactAnswer, tellOrder } from '../processes/tell-order.ts';

export const CancelRefundBody = z
  .strictObject({
    refundId: ForeignId,
    /** The clock when left out. */
    occurredAt: Instant.optional(),
  })
  .meta({ id: 'CancelRefund', examples: [{ refundId: 'r1' }] });
export type CancelRefundBody = z.infer<typeof CancelRefundBody>;

export class CancelRefund extends Command<Answer<OrderFactAnswer>> {
  constructor(
    readonly order: { readonly sellerId: Id; readonly orderId: Id } & CancelRefundBody,
    readonly context: CommandContext,
  ) {
    super();
  }
}

/** The refund's id stands in the body: it is the feed's own and may be any text. */
@Controller('orders/:sellerId/:orderId/refund-cancellations')
export class CancelRefundController {
  constructor(private readonly commands: CommandBus) {}

  @Write('', {
    summary: 'A refund is cancelled and what it took given back',
    answer: OrderFactAnswer,
  })
  cancel(
    @Param('sellerId', { schema: Id }) sellerId: Id,
    @Param('orderId', { schema: Id }) orderId: Id,
    @Body({ schema: CancelRefundBody }) body: CancelRefundBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new CancelRefund({ sellerId, orderId, ...body }, context));
  }
}

@CommandHandler(CancelRefund)
export class CancelRefundHandler implements ICommandHandler<CancelRefund> {
  constructor(private readonly desk: OrderDesk) {}

  execute({ order, context }: CancelRefund) {
    const { sellerId, orderId, refundId } = order;
    const occurredAt = order.occurredAt ?? context.now;
    return tellOrder(this.desk, {
      sellerId,
      orderId,
      context: withoutKey(context),
      occurredAt,
      decide: (state) => cancelRefund({ sellerId, orderId, refundId, occurredAt }, state),
      isKnownAs: ({ type, data }) => type === 'RefundCancelled' && data.refundId === refundId,
    });
  }
}
