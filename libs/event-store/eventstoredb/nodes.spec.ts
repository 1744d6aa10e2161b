// Several nodes with a runner each on one server that goes wrong: no limit is exceeded, nothing is
// lost and nothing stored twice, and what was answered as stored is in the log.
import fc from 'fast-check';
import type { AppendFault } from '../../../test/support/eventstore-double/faults.ts';
import { takeCoin } from '../runner.fixtures.ts';
import { Runner } from '../runner.ts';
import type { EventStoreDbStore } from './eventstoredb-store.ts';
import { onDouble } from '../../../test/support/eventstore-logs.ts';

const at = onDouble({ writeTimeoutMs: 50 });
let stores: readonly EventStoreDbStore[];
let runners: readonly Runner[];

beforeEach(async () => {
  stores = await Promise.all([at().open(), at().open()]);
  runners = stores.map((store) => new Runner({ store }));
});

afterEach(() => Promise.all(runners.map((runner) => runner.close())));

async function coinsIn(stream: string): Promise<readonly string[]> {
  const events = await stores[0]!.readStream(stream);
  return events.map(({ data }) => (data as { coin: string }).coin);
}

/** Until it is known what came of it. */
async function take(runner: Runner, coin: string, over: { stream: string; limit?: number }) {
  for (;;)
    try {
      return await runner.transact(takeCoin(coin, over));
    } catch {
      // Unknown, unavailable or too often in conflict: the same command again finds out.
    }
}

it('two nodes on one hot stream fill it exactly', async () => {
  const limit = 60;
  const answers = await Promise.all(
    Array.from({ length: 2 * limit }, (_, i) =>
      take(runners[i % 2]!, `coin ${i}`, { stream: 'task-1', limit }),
    ),
  );
  const coins = await coinsIn('task-1');
  expect(coins).toHaveLength(limit);
  expect(new Set(coins).size).toBe(limit);
  expect(answers.filter(({ outcome }) => outcome === 'stored')).toHaveLength(limit);
});

it('a refusal is given on what the other node wrote', async () => {
  const [one, other] = runners;
  await take(one!, 'a', { stream: 'task-1', limit: 1 });
  await take(other!, 'a', { stream: 'task-1', limit: 1 });
  await take(one!, 'b', { stream: 'task-1', limit: 2 });
  const answer = await take(other!, 'b', { stream: 'task-1', limit: 1 });
  expect(answer).toMatchObject({ outcome: 'unchanged' });
});

const faults: readonly Exclude<AppendFault['kind'], 'not_leader'>[] = [
  'drop_before',
  'drop_after',
  'silent_after',
  'timeout_before',
  'timeout_after',
  'unavailable',
  'wrong_expected_version',
];

const step = fc.record({
  node: fc.integer({ min: 0, max: 1 }),
  stream: fc.constantFrom('task-1', 'task-2'),
  coin: fc.integer({ min: 0, max: 12 }).map((n) => `coin ${n}`),
  fault: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.constantFrom(...faults)),
});

it('whatever befalls the appends', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      run += 1;
      const answers = await Promise.all(
        steps.map(({ node, stream, coin, fault }) => {
          if (fault !== undefined) at().double.faults.nextAppends({ kind: fault });
          return take(runners[node]!, coin, { stream: `${stream}.${run}`, limit: 6 });
        }),
      );
      for (const [i, answer] of answers.entries()) {
        const coins = await coinsIn(`${steps[i]!.stream}.${run}`);
        expect(coins.length).toBeLessThanOrEqual(6);
        expect(new Set(coins).size).toBe(coins.length);
        if (answer.outcome === 'refused') expect(coins).toHaveLength(6);
        else expect(coins).toContain(steps[i]!.coin);
      }
    }),
    { numRuns: 12 },
  );
});
