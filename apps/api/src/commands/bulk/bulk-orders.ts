// Orders and the facts about them, many at a time. Lines of one order, and reservations of one
// code, take effect in the order of the input; everything else may overtake. Each line stands for
// itself: a broken one is answered and leaves the others standing.
import { Injectable, Logger } from '@nestjs/common';
import type { CommandContext } from '#ledger/command-context.ts';
import { orderStream } from '#ledger/streams.ts';
import type { Answer } from '../../http/answer.ts';
import { look, type Seen } from '../../processes/look.ts';
import type { OrderAnswer } from '../../processes/order-answer.ts';
import { OrderDesk } from '../../processes/order-desk.ts';
import { redeem } from '../../processes/redeem.ts';
import type { OrderFactAnswer } from '../../processes/tell-order.ts';
import type { Clock } from '../../wiring.ts';
import { CancelRefund, CancelRefundHandler } from '../cancel-refund.ts';
import { ConfirmOrder, ConfirmOrderHandler } from '../confirm-order.ts';
import { InvalidateOrder, InvalidateOrderHandler } from '../invalidate-order.ts';
import { RefundOrder, RefundOrderHandler } from '../refund-order.ts';
import { requestOf } from '../take-order.ts';
import {
  answerOfLine,
  type BulkAnswer,
  failedAnswer,
  type Fault,
  invalidAnswer,
} from './bulk-answer.ts';
import { type BulkFact, factOf } from './bulk-fact.ts';
import { gathered } from './gathered.ts';
import { type Line, LineCutter } from './ndjson.ts';
import { OrdersUnderWay } from './orders-under-way.ts';
import { throughWindows } from './windows.ts';

/** As a command's context, but the clock is read once for each window of lines. */
export type BulkContext = Pick<CommandContext, 'actor' | 'correlationId' | 'causationId'> & {
  readonly clock: Clock;
};

/**
 * A window of about five hundred short lines, where two commits take it to the disk. On a server it
 * is of a thousand: the lines of one code in a window are reserved by one call.
 */
const WINDOW_BYTES = { here: 160 * 1024, onServer: 320 * 1024 };

type Told = Answer<OrderAnswer | OrderFactAnswer>;
type BulkLine = { readonly line: number } & ({ readonly fact: BulkFact } | Fault);

@Injectable()
export class BulkOrders {
  readonly #log = new Logger('bulk');

  constructor(
    private readonly desk: OrderDesk,
    private readonly confirm: ConfirmOrderHandler,
    private readonly refund: RefundOrderHandler,
    private readonly cancel: CancelRefundHandler,
    private readonly invalidate: InvalidateOrderHandler,
  ) {}

  /** NDJSON in, answers in batches out. Reads no further than its answers are taken. */
  ingest(
    chunks: AsyncIterable<Uint8Array>,
    context: BulkContext,
  ): AsyncIterable<readonly BulkAnswer[]> {
    const { here, onServer } = WINDOW_BYTES;
    const bytes = this.desk.log.isOnlyWriter ? here : onServer;
    return this.#answers(linesOf(chunks, bytes), context);
  }

  /** The same for facts that are parsed already; their lines are counted from 1. */
  take(
    batches: AsyncIterable<readonly BulkFact[]>,
    context: BulkContext,
  ): AsyncIterable<readonly BulkAnswer[]> {
    return this.#answers(numbered(batches), context);
  }

  #answers(windows: AsyncIterable<readonly BulkLine[]>, context: BulkContext) {
    const underWay = new OrdersUnderWay();
    const { clock, ...asked } = context;
    return throughWindows(windows, (lines) =>
      this.#begin(lines, { ...asked, now: clock() }, underWay),
    );
  }

  /**
   * Looks at the orders of the window, then starts its lines in one go, in the order of the
   * input.
   */
  async #begin(
    lines: readonly BulkLine[],
    context: CommandContext,
    underWay: OrdersUnderWay,
  ): Promise<{ readonly answers: Promise<readonly BulkAnswer[]> }> {
    const seen = await this.#lookAhead(lines, underWay);
    const answers = lines.map((line, at) => {
      if ('fault' in line) return invalidAnswer(line.line, line);
      return this.#answer(line, seen[at], context, underWay);
    });
    return { answers: Promise.all(answers) };
  }

  /**
   * Only of orders that no line before them is about to take: those look when it is their
   * turn.
   */
  async #lookAhead(
    lines: readonly BulkLine[],
    underWay: OrdersUnderWay,
  ): Promise<readonly (Seen | undefined)[]> {
    const ahead = new Set<string>();
    const load = rememberingLoad(this.desk.runner);
    const looking = lines.map((line) => {
      if (!('fact' in line) || line.fact.type !== 'order') return undefined;
      const stream = streamOf(line.fact);
      if (underWay.has(stream) || ahead.has(stream)) return undefined;
      ahead.add(stream);
      // What fails here fails again at the order's turn, and is answered there.
      return look(this.desk, requestOf(line.fact), { load }).catch(() => undefined);
    });
    return Promise.all(looking);
  }

  #answer(
    { line, fact }: { readonly line: number; readonly fact: BulkFact },
    seen: Seen | undefined,
    context: CommandContext,
    underWay: OrdersUnderWay,
  ): Promise<BulkAnswer> {
    const tell = (before: Promise<void> | undefined) =>
      this.#safely(line, () => this.#tell(fact, seen, context, before));
    const stream = streamOf(fact);
    return fact.type === 'order' ? underWay.take(stream, tell) : underWay.follow(stream, tell);
  }

  async #tell(
    fact: BulkFact,
    seen: Seen | undefined,
    context: CommandContext,
    before: Promise<void> | undefined,
  ): Promise<Told> {
    if (fact.type === 'order') {
      if (seen) return redeem(this.desk, seen, context, before);
      await before;
      return redeem(this.desk, await look(this.desk, requestOf(fact)), context);
    }
    if (before) await before;
    switch (fact.type) {
      case 'confirmation':
        return this.confirm.execute(new ConfirmOrder(fact, context));
      case 'refund':
        return this.refund.execute(new RefundOrder(fact, context));
      case 'refund_cancellation':
        return this.cancel.execute(new CancelRefund(fact, context));
      case 'invalidation':
        return this.invalidate.execute(new InvalidateOrder(fact, context));
    }
  }

  async #safely(line: number, tell: () => Promise<Told>): Promise<BulkAnswer> {
    try {
      return answerOfLine(line, await tell(), this.desk.log.logId);
    } catch (error) {
      const failed = failedAnswer(line, error);
      // An outage fails many lines and is reported by the store.
      if (failed.code === 'bug_must_be_reported') this.#log.error({ line, err: error });
      return failed;
    }
  }
}

const streamOf = ({ sellerId, orderId }: BulkFact) => orderStream(sellerId, orderId);

/** A window's orders share codes, sellers and rules: each is asked for once. */
function rememberingLoad(runner: OrderDesk['runner']): OrderDesk['runner']['load'] {
  const loaded = new Map<string, ReturnType<OrderDesk['runner']['load']>>();
  return ((ref) => {
    const known = loaded.get(ref.stream);
    if (known) return known;
    const loading = runner.load(ref);
    loaded.set(ref.stream, loading);
    return loading;
  }) as OrderDesk['runner']['load'];
}

async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  windowBytes: number,
): AsyncGenerator<readonly BulkLine[], void, undefined> {
  const cutter = new LineCutter();
  for await (const together of gathered(chunks, windowBytes)) {
    const lines = together.flatMap((chunk) => cutter.push(chunk)).map(parsed);
    if (lines.length > 0) yield lines;
  }
  yield cutter.end().map(parsed);
}

function parsed(cut: Line): BulkLine {
  const { line } = cut;
  if ('fault' in cut) return { line, fault: cut.fault };
  const fact = factOf(cut.text);
  return 'fault' in fact ? { line, ...fact } : { line, fact };
}

async function* numbered(
  batches: AsyncIterable<readonly BulkFact[]>,
): AsyncGenerator<readonly BulkLine[], void, undefined> {
  let line = 0;
  for await (const batch of batches) yield batch.map((fact) => ({ line: (line += 1), fact }));
}
