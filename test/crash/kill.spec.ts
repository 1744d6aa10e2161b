// A real service is killed with SIGKILL under mixed load, again and again, and then counted:
// nothing acknowledged is lost, nothing is done twice, no limit is exceeded.
// PROMO_LEDGER_CRASH=long (the script test:crash) kills it many times over. With
// PROMO_LEDGER_EVENTSTORE_URL the log is on that server, under a prefix of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { nameOf } from '#event-store/log-source.ts';
import { type Aftermath, aftermathOf } from '../support/aftermath.ts';
import { itKeptTheBooks } from '../support/kept-books.ts';
import { MixedLoad } from '../support/mixed-load.ts';
import { ownLog } from '../support/own-log.ts';
import { ServiceProcess } from '../support/service-process.ts';

const IS_LONG = process.env.PROMO_LEDGER_CRASH === 'long';
const ROUNDS = IS_LONG ? 40 : 3;
/** Before the kill may come. */
const ANSWERED_IN_A_ROUND = 100;
const SEED = Number(process.env.PROMO_LEDGER_CRASH_SEED ?? 20_260_122);

describe(`a service killed ${ROUNDS} times under load (seed ${SEED})`, () => {
  const load = new MixedLoad(SEED, { linesInAFeed: 100 });
  let directory: string;
  let after: Aftermath;

  beforeAll(
    async () => {
      directory = await mkdtemp(join(tmpdir(), 'kill-'));
      const { source, environment } = ownLog(directory);
      for (let round = 0; round < ROUNDS; round += 1) {
        const service = await ServiceProcess.start(directory, environment);
        if (round === 0) await load.open(service);
        const running = load.run(service);
        await load.answered(load.answers.size + ANSWERED_IN_A_ROUND);
        await pause(200 + ((SEED * (round + 1)) % 700));
        await service.kill();
        load.stop();
        await running;
      }
      const service = await ServiceProcess.start(directory, environment);
      after = await aftermathOf(source, [load], [service]);
      await service.stop();
      if (IS_LONG) process.stdout.write(`${nameOf(source)}: ${load.figures()}\n`);
    },
    IS_LONG ? 900_000 : 90_000,
  );
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('was really killed at work', () => {
    expect(load.cutOff).toBeGreaterThanOrEqual(ROUNDS);
    const attributed = after.events.filter(({ type }) => type === 'OrderAttributed');
    expect(attributed.length).toBeGreaterThan(25 * ROUNDS);
  });

  itKeptTheBooks(() => after);
});
