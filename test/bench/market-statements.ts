// Statements of the large market: computed from the lake both ways, the whole close through the
// service, and a second close after a tenth as many orders more.
import { syncLake } from '#analytics/lake/lake.ts';
import { computeStatements } from '#analytics/statements/compute-statements.ts';
import { workspaceIn } from '#analytics/workspace.ts';
import { closePeriod } from '#cli/closing.ts';
import { httpLedger } from '#cli/http-ledger.ts';
import { type Figure, seconds } from './figure.ts';
import { bulkLines, type OpenMarket } from './large-market.ts';
import type { BenchOptions } from './options.ts';
import { spawnService, type Workplace } from './workplace.ts';

const ALL_AT = 1_000_000;

/** Expects the first period's orders in the log. */
export async function* statementFigures(
  workplace: Workplace,
  market: OpenMarket,
  options: BenchOptions,
): AsyncIterable<Figure> {
  const { orders, payees } = options;
  const workspace = workspaceIn(workplace.directory, workplace.log, workplace.engine);
  const [first, second] = market.periods;
  const service = await spawnService(workplace);
  const ledger = httpLedger(service.url);
  try {
    const closing = await seconds(() => closePeriod(ledger, first));
    const computing = await seconds(() => computeStatements(workspace, first));
    for await (const answers of ledger.bulk(bulkLines(market, orders / 10, 'second'))) void answers;
    await syncLake(workspace);
    const closingMore = await seconds(() => closePeriod(ledger, second));
    const computingMore = await seconds(() => computeStatements(workspace, second));
    const of = `${orders.toLocaleString('en')} orders, ${payees.toLocaleString('en')} payees`;
    const isFull = orders >= ALL_AT;
    yield {
      name: `statements, both ways (${of})`,
      ...{ value: computing, unit: 's', ...(isFull && { target: { atMost: 8 } }) },
    };
    yield { name: 'the whole close, statements issued', value: closing, unit: 's' };
    yield {
      name: `statements after a further ${(orders / 10).toLocaleString('en')} orders`,
      ...{ value: computingMore, unit: 's' },
    };
    yield { name: 'the whole close of those', value: closingMore, unit: 's' };
    yield {
      name: 'share of the first computation that the second took, for a tenth of the orders',
      ...{ value: computingMore / computing, unit: '', ...(isFull && { target: { atMost: 0.1 } }) },
    };
  } finally {
    await service.stop();
  }
}
