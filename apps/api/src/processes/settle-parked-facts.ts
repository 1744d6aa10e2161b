// The facts that were parked when their order was attributed, and found no room in that append:
// they are judged in order of arrival, append by append, until none is left.
import type { CommandContext } from '#ledger/command-context.ts';
import { hasUnsettledFacts, order, settleParked } from '#ledger/order.ts';
import type { Runner } from '#event-store/runner.ts';
import { PROGRAMME, underRules, withoutKey } from './order-desk.ts';

/** On the stream of an order; done again it changes nothing. */
export async function settleParkedFacts(
  runner: Runner,
  stream: string,
  context: CommandContext,
): Promise<void> {
  for (;;) {
    const settled = await runner.transact({
      decider: order,
      stream,
      related: [PROGRAMME],
      context: withoutKey(context),
      decide: underRules((state, rules) => settleParked({ rules }, state)),
    });
    if (settled.outcome === 'refused') throw new Error(settled.refusal.refused);
    if (!hasUnsettledFacts(settled.state)) return;
  }
}
