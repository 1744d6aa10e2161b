// The commission of an order is held by a named person: what it has in pending moves to held, and
// so does what it earns from now on. Held already, nothing changes.
import { Body, Controller, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { holdCommission } from '#ledger/hold.ts';
import { Id } from '#ledger/values.ts';
import type { Answer } from '../http/answer.ts';
import { Context } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { Instant } from '../http/schemas.ts';
import { OrderDesk } from '../processes/order-desk.ts';
import { OrderFactAnswer, tellOrder } from '../processes/tell-order.ts';

export const HoldCommissionBody = z
  .strictObject({
    reason: z.string().min(1).max(200),
    /** The clock when left out. */
    occurredAt: Instant.optional(),
  })
  .meta({ id: 'HoldCommission', examples: [{ reason: 'return rate is being looked into' }] });
export type HoldCommissionBody = z.infer<typeof HoldCommissionBody>;

export class HoldCommission extends Command<Answer<OrderFactAnswer>> {
  constructor(
    readonly order: { readonly sellerId: Id; readonly orderId: Id } & HoldCommissionBody,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('orders/:sellerId/:orderId/hold')
export class HoldCommissionController {
  constructor(private readonly commands: CommandBus) {}

  @Write('', { summary: 'The commission of an order is held', answer: OrderFactAnswer })
  hold(
    @Param('sellerId', { schema: Id }) sellerId: Id,
    @Param('orderId', { schema: Id }) orderId: Id,
    @Body({ schema: HoldCommissionBody }) body: HoldCommissionBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new HoldCommission({ sellerId, orderId, ...body }, context));
  }
}

@CommandHandler(HoldCommission)
export class HoldCommissionHandler implements ICommandHandler<HoldCommission> {
  constructor(private readonly desk: OrderDesk) {}

  /** An order can be held and released more than once: an idempotency key tells a repeat. */
  execute({ order, context }: HoldCommission) {
    const { sellerId, orderId, reason } = order;
    const occurredAt = order.occurredAt ?? context.now;
    const by = context.actor;
    return tellOrder(this.desk, {
      sellerId,
      orderId,
      context,
      occurredAt,
      decide: (state) => holdCommission({ sellerId, orderId, reason, by, occurredAt }, state),
      isKnownAs: ({ type }) => type === 'CommissionHeld',
      known: 'last',
    });
  }
}
