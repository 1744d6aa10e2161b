// A task is open exactly while its code can be promoted (rules 3 and 5): the switch is on, the
// code is not closed, its seller has not left. By level: reads code, seller and entry, and writes
// until the task's stream agrees; done twice, or on two nodes, it comes to the same.
import { Inject, Injectable } from '@nestjs/common';
import { entry, type EntryState, taskWanted } from '#ledger/activity.ts';
import type { CommandContext } from '#ledger/command-context.ts';
import { accept } from '#ledger/decider.ts';
import { promoCode, type PromoCodeState } from '#ledger/promo-code.ts';
import type { SellerState } from '#ledger/seller.ts';
import {
  DEFAULT_CHANNEL,
  entryStream,
  promoCodeStream,
  taskIdOf,
  taskStream,
} from '#ledger/streams.ts';
import { defaultTaskWanted, settleTask, task, type WantedTask } from '#ledger/task.ts';
import type { Channel, Id } from '#ledger/values.ts';
import { type Position, NO_POSITION } from '#event-store/port.ts';
import type { Runner } from '#event-store/runner.ts';
import type { AnyLoaded } from '#event-store/transaction.ts';
import { sellerOfCode } from '../related.ts';
import { RUNNER } from '../wiring.ts';
import { Hints } from './hints.ts';
import { withoutKey } from './order-desk.ts';

@Injectable()
export class OpenTasks {
  constructor(
    @Inject(RUNNER) private readonly runner: Runner,
    private readonly hints: Hints,
  ) {}

  /** Every task of the code; gives the furthest position that they rest on. */
  async settle(codeId: Id, context: CommandContext): Promise<Position> {
    const channels = new Set([DEFAULT_CHANNEL]);
    for (const { channel } of this.hints.tasksOf(codeId)) channels.add(channel);
    const settling = [...channels].map((channel) => this.settleTask(codeId, channel, context));
    return (await Promise.all(settling)).reduce(later, NO_POSITION);
  }

  /** The task that an accepted application to an activity wants, in the activity's channel. */
  async settleEntry(activityId: Id, codeId: Id, context: CommandContext): Promise<Position> {
    const stream = entryStream(activityId, codeId);
    const { state } = await this.runner.load({ decider: entry, stream });
    if (state.status === 'absent') return NO_POSITION;
    return this.settleTask(codeId, state.channel, context, activityId);
  }

  /** One task; of an activity's channel only what stands already, unless the activity is named. */
  async settleTask(
    codeId: Id,
    channel: Channel,
    context: CommandContext,
    activityId: Id | null = null,
  ): Promise<Position> {
    const code = { decider: promoCode, stream: promoCodeStream(codeId) };
    const related = [code, await sellerOfCode(this.runner, codeId)];
    const wants =
      activityId === null ? [] : [{ decider: entry, stream: entryStream(activityId, codeId) }];
    const settled = await this.runner.transact({
      decider: task,
      stream: taskStream(taskIdOf(codeId, channel)),
      related: [...related, ...wants],
      context: withoutKey(context),
      decide: (state, loaded) => {
        const [ofCode, ofSeller, ofEntry] = loaded as [AnyLoaded, AnyLoaded, AnyLoaded?];
        const [code, seller]: [PromoCodeState, SellerState] = [ofCode.state, ofSeller.state];
        if (code.status === 'absent') return accept();
        const wanted = wantedIn(channel, code, ofEntry?.state);
        return settleTask(state, { wanted, code, seller });
      },
    });
    return settled.outcome === 'refused' ? NO_POSITION : settled.position;
  }
}

function wantedIn(
  channel: Channel,
  code: PromoCodeState,
  entryState: EntryState | undefined,
): WantedTask | null {
  if (entryState) return taskWanted(entryState);
  return channel === DEFAULT_CHANNEL ? defaultTaskWanted(code) : null;
}

export const later = (one: Position, other: Position): Position => (one > other ? one : other);
