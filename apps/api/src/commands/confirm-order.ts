// An order is confirmed: from now on its commission is owed. One that comes before its order is
// parked; the same confirmation again gets the first answer.
import { Body, Controller, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { confirmOrder, knownConfirmation } from '#ledger/confirmation.ts';
import { Id } from '#ledger/values.ts';
import type { Answer } from '../http/answer.ts';
import { Context } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { Instant } from '../http/schemas.ts';
import { OrderDesk, withoutKey } from '../processes/order-desk.ts';
import { OrderFactAnswer, tellOrder } from '../processes/tell-order.ts';

export const ConfirmOrderBody = z
  .strictObject({
    /** When the seller's platform confirmed it; the clock when left out. */
    occurredAt: Instant.optional(),
  })
  .meta({ id: 'ConfirmOrder' });
export type ConfirmOrderBody = z.infer<typeof ConfirmOrderBody>;

export class ConfirmOrder extends Command<Answer<OrderFactAnswer>> {
  constructor(
    readonly order: { readonly sellerId: Id; readonly orderId: Id } & ConfirmOrderBody,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('orders/:sellerId/:orderId/confirmation')
export class ConfirmOrderController {
  constructor(private readonly commands: CommandBus) {}

  @Write('', { summary: 'An order is confirmed', answer: OrderFactAnswer })
  confirm(
    @Param('sellerId', { schema: Id }) sellerId: Id,
    @Param('orderId', { schema: Id }) orderId: Id,
    @Body({ schema: ConfirmOrderBody }) body: ConfirmOrderBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new ConfirmOrder({ sellerId, orderId, ...body }, context));
  }
}

@CommandHandler(ConfirmOrder)
export class ConfirmOrderHandler implements ICommandHandler<ConfirmOrder> {
  constructor(private readonly desk: OrderDesk) {}

  execute({ order, context }: ConfirmOrder) {
    const { sellerId, orderId, occurredAt } = order;
    return tellOrder(this.desk, {
      sellerId,
      orderId,
      context: withoutKey(context),
      occurredAt: occurredAt ?? context.now,
      decide: (state, rules) => {
        // Without a time of its own, a confirmation of a confirmed order is the one it has.
        const confirmedAt = occurredAt ?? knownConfirmation(state) ?? context.now;
        return confirmOrder({ sellerId, orderId, confirmedAt, rules }, state);
      },
      isKnownAs: ({ type, data }) =>
        (type === 'OrderConfirmed' || type === 'ConfirmationParked') &&
        (occurredAt === undefined || data.occurredAt === occurredAt),
    });
  }
}
