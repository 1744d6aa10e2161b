// The service on EventStoreDB, in two real processes under load, while the server, the network and
// the processes themselves fail. After each fault the whole log is counted, and both nodes' read
// models are replayed. It runs on the double, and on a real server when EVENTSTORE_URL is set
// (faulty-server.ts says how that one is killed). PROMO_LEDGER_FAULTS=long strikes ten times over.
import type { Aftermath } from '../support/aftermath.ts';
import { itKeptTheBooks } from '../support/kept-books.ts';
import { CAN, SERVER } from './faulty-server.ts';
import { Field } from './field.ts';
import { FAULTS, type Fault } from './strikes.ts';

const IS_LONG = process.env.PROMO_LEDGER_FAULTS === 'long';
const SCALE = IS_LONG ? 5 : 1;
const SEED = Number(process.env.PROMO_LEDGER_FAULTS_SEED ?? 20_260_122);

const isPossible = ({ needs }: Fault) => needs === undefined || CAN[needs];
const possible = FAULTS.filter(isPossible);

describe(`two nodes on ${SERVER} (seed ${SEED})`, () => {
  let field: Field;
  beforeAll(async () => {
    field = await Field.open(SEED);
  }, 120_000);
  afterAll(() => field.close());

  // Looking at what is left takes longer than most faults do.
  if (!IS_LONG)
    describe('struck by one fault after the other', () => {
      itSurvives(possible, () => field);
    });
  else
    for (const fault of possible)
      describe(`struck by ${fault.name}`, () => {
        itSurvives([fault], () => field);
      });

  for (const { name, needs } of FAULTS.filter((fault) => !isPossible(fault)))
    // eslint-disable-next-line jest/expect-expect, jest/no-disabled-tests -- says so in the run
    it.skip(`struck by ${name}: this server cannot, it needs ${needs}`, () => {});
});

function itSurvives(faults: readonly Fault[], field: () => Field): void {
  let after: Aftermath;
  beforeAll(
    async () => {
      for (const { seen } of field().nodes) seen.length = 0;
      after = await field().struckBy(async (struck) => {
        for (const { strike } of faults) await strike(struck, SCALE);
      });
      if (IS_LONG) process.stdout.write(`${faults[0]!.name}: ${field().figures()}\n`);
    },
    IS_LONG ? 900_000 : 180_000,
  );

  if (faults.some(({ isOutage }) => isOutage))
    it('said on both nodes that the log was out of reach, and then that it was back', () => {
      for (const { seen } of field().nodes) {
        expect(seen).toContainEqual({ isReady: false, outage: expect.any(String) });
        expect(seen.at(-1)).toEqual({ isReady: true, outage: null });
      }
    });

  itKeptTheBooks(() => after);
}
