// An order turns out not to be a sale: nothing of it remains, what it earned is reversed. Final;
// the limits that it used stay used.
import { Body, Controller, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { invalidateOrder } from '#ledger/order.ts';
import { Id } from '#ledger/values.ts';
import type { Answer } from '../http/answer.ts';
import { Context } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { Instant } from '../http/schemas.ts';
import { OrderDesk, withoutKey } from '../processes/order-desk.ts';
import { OrderFactAnswer, tellOrder } from '../processes/tell-order.ts';

export const InvalidateOrderBody = z
  .strictObject({
    reason: z.string().min(1).max(200),
    /** The clock when left out. */
    occurredAt: Instant.optional(),
  })
  .meta({ id: 'InvalidateOrder', examples: [{ reason: 'payment was fraudulent' }] });
export type InvalidateOrderBody = z.infer<typeof InvalidateOrderBody>;

export class InvalidateOrder extends Command<Answer<OrderFactAnswer>> {
  constructor(
    readonly order: { readonly sellerId: Id; readonly orderId: Id } & InvalidateOrderBody,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('orders/:sellerId/:orderId/invalidation')
export class InvalidateOrderController {
  constructor(private readonly commands: CommandBus) {}

  @Write('', { summary: 'An order is found to be no sale', answer: OrderFactAnswer })
  invalidate(
    @Param('sellerId', { schema: Id }) sellerId: Id,
    @Param('orderId', { schema: Id }) orderId: Id,
    @Body({ schema: InvalidateOrderBody }) body: InvalidateOrderBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new InvalidateOrder({ sellerId, orderId, ...body }, context));
  }
}

@CommandHandler(InvalidateOrder)
export class InvalidateOrderHandler implements ICommandHandler<InvalidateOrder> {
  constructor(private readonly desk: OrderDesk) {}

  execute({ order, context }: InvalidateOrder) {
    const { sellerId, orderId, reason } = order;
    const occurredAt = order.occurredAt ?? context.now;
    return tellOrder(this.desk, {
      sellerId,
      orderId,
      context: withoutKey(context),
      occurredAt,
      decide: (state) => invalidateOrder({ sellerId, orderId, reason, occurredAt }, state),
      isKnownAs: ({ type }) => type === 'OrderInvalidated',
    });
  }
}
