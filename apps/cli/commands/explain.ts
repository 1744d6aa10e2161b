// `promo-ledger explain`: why an order was attributed or rejected, and why each amount of it is
// what it is, worked out again from its own events.
import type { Command } from 'commander';
import type { EventLogReader } from '#event-store/port.ts';
import { type ExplainedEvent, explainOrder, type OrderExplanation } from '#ledger/explain.ts';
import { orderStream, promoCodeStream } from '#ledger/streams.ts';
import { configOf } from '../connect.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { explanationText } from '../explanation-text.ts';
import { withLog } from '../log-reading.ts';
import { type Common, common } from '../options.ts';
import { print, printJson } from '../terminal.ts';

export function addExplain(program: Command): void {
  common(program.command('explain'))
    .description('why an order earned what it earned, step by step')
    .argument('<order>', '`seller/order`, the stream `order-seller/order`, or an event of it')
    .action(async (name: string, { json, ...where }: Common) => {
      const explanation = await withLog(configOf(where), (log) => explained(log, name));
      if (json) printJson(explanation);
      else print(explanationText(name, explanation));
    });
}

/** Of an order, its stream or one of its events. */
export async function explained(log: EventLogReader, name: string): Promise<OrderExplanation> {
  const match = /^(?:order-)?([\w.]+)\/([\w.]+)(?:@\d+)?$/.exec(name);
  if (!match) {
    throw new CliFailure(EXIT.usage, `${name}: an order is named \`seller/order\``);
  }
  const stream = orderStream(match[1]!, match[2]!);
  const events = await wholeStream(log, stream);
  if (events.length === 0) throw new CliFailure(EXIT.files, `${stream}: there is no such order`);
  const attributed = events.find((event) => event.type === 'OrderAttributed');
  const plans = attributed ? await plansOf(log, attributed.data.verdict.codeId) : [];
  return explainOrder([...plans, ...events]);
}

/** Plans stand near the start of a code's stream, before and among its redemptions. */
async function plansOf(log: EventLogReader, codeId: string): Promise<ExplainedEvent[]> {
  const events = await wholeStream(log, promoCodeStream(codeId));
  return events.filter(({ type }) => type === 'RewardPlanChanged');
}

async function wholeStream(log: EventLogReader, stream: string): Promise<ExplainedEvent[]> {
  const events: ExplainedEvent[] = [];
  for (;;) {
    const page = await log.readStream(stream, { from: events.length, limit: 1_000 });
    if (page.length === 0) return events;
    events.push(...(page as unknown as ExplainedEvent[]));
  }
}
