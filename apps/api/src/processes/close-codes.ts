// A seller that left keeps no code open: each is closed from the seller's own leaving on, and its
// tasks with it. By level: a code that was made while its seller left is found and closed too.
import { Inject, Injectable } from '@nestjs/common';
import type { CommandContext } from '#ledger/command-context.ts';
import { accept } from '#ledger/decider.ts';
import { closeCode, closureWanted, promoCode } from '#ledger/promo-code.ts';
import type { SellerState } from '#ledger/seller.ts';
import { promoCodeStream } from '#ledger/streams.ts';
import type { Id } from '#ledger/values.ts';
import { type Position, NO_POSITION } from '#event-store/port.ts';
import type { Runner } from '#event-store/runner.ts';
import type { AnyLoaded } from '#event-store/transaction.ts';
import { sellerOfCode } from '../related.ts';
import { RUNNER } from '../wiring.ts';
import { Hints } from './hints.ts';
import { later, OpenTasks } from './open-tasks.ts';
import { withoutKey } from './order-desk.ts';

@Injectable()
export class CloseCodes {
  constructor(
    @Inject(RUNNER) private readonly runner: Runner,
    private readonly hints: Hints,
    private readonly tasks: OpenTasks,
  ) {}

  /**
   * Every open code that is known of the seller; gives the furthest position that they rest
   * on.
   */
  async settle(sellerId: Id, context: CommandContext): Promise<Position> {
    const closing = this.hints
      .openCodesOf(sellerId)
      .map(({ codeId }) => this.settleCode(codeId, context));
    return (await Promise.all(closing)).reduce(later, NO_POSITION);
  }

  async settleCode(codeId: Id, context: CommandContext): Promise<Position> {
    const { now } = context;
    const closed = await this.runner.transact({
      decider: promoCode,
      stream: promoCodeStream(codeId),
      related: [await sellerOfCode(this.runner, codeId)],
      context: withoutKey(context),
      decide: (state, loaded) => {
        const [ofSeller] = loaded as [AnyLoaded];
        const occurredAt = closureWanted(state, ofSeller.state as SellerState);
        if (occurredAt === null) return accept();
        return closeCode({ codeId, reason: 'seller_left', occurredAt, now }, state);
      },
    });
    if (closed.outcome === 'refused') throw new Error(`${codeId}: ${closed.refusal.refused}`);
    return later(closed.position, await this.tasks.settle(codeId, context));
  }
}
