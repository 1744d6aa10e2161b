// The held commission of an order is released by a named person: what is left of it moves back to
// pending. Released already, nothing changes.
import { Body, Controller, Param } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandContext } from '#ledger/command-context.ts';
import { releaseCommission } from '#ledger/hold.ts';
import { Id } from '#ledger/values.ts';
import type { Answer } from '../http/answer.ts';
import { Context } from '../http/command-context.ts';
import { Write } from '../http/route.ts';
import { Instant } from '../http/schemas.ts';
import { OrderDesk } from '../processes/order-desk.ts';
import { OrderFactAnswer, tellOrder } from '../processes/tell-order.ts';

export const ReleaseCommissionBody = z
  .strictObject({
    reason: z.string().min(1).max(200),
    /** The clock when left out. */
    occurredAt: Instant.optional(),
  })
  .meta({ id: 'ReleaseCommission', examples: [{ reason: 'returns are as usual' }] });
export type ReleaseCommissionBody = z.infer<typeof ReleaseCommissionBody>;

export class ReleaseCommission extends Command<Answer<OrderFactAnswer>> {
  constructor(
    readonly order: { readonly sellerId: Id; readonly orderId: Id } & ReleaseCommissionBody,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@Controller('orders/:sellerId/:orderId/release')
export class ReleaseCommissionController {
  constructor(private readonly commands: CommandBus) {}

  @Write('', { summary: 'The commission of an order is released', answer: OrderFactAnswer })
  release(
    @Param('sellerId', { schema: Id }) sellerId: Id,
    @Param('orderId', { schema: Id }) orderId: Id,
    @Body({ schema: ReleaseCommissionBody }) body: ReleaseCommissionBody,
    @Context() context: CommandContext,
  ) {
    return this.commands.execute(new ReleaseCommission({ sellerId, orderId, ...body }, context));
  }
}

@CommandHandler(ReleaseCommission)
export class ReleaseCommissionHandler implements ICommandHandler<ReleaseCommission> {
  constructor(private readonly desk: OrderDesk) {}

  /** An order can be held and released more than once: an idempotency key tells a repeat. */
  execute({ order, context }: ReleaseCommission) {
    const { sellerId, orderId, reason } = order;
    const occurredAt = order.occurredAt ?? context.now;
    const by = context.actor;
    return tellOrder(this.desk, {
      sellerId,
      orderId,
      context,
      occurredAt,
      decide: (state) => releaseCommission({ sellerId, orderId, reason, by, occurredAt }, state),
      isKnownAs: ({ type }) => type === 'CommissionReleased',
      known: 'last',
    });
  }
}
