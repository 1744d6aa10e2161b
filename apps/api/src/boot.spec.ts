// Boots every module, once: what is written in a file but not listed, or listed and not handled, is
// found here and not by a caller.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { controllers, handlers } from './slices.ts';
import { bootLedger, type TestLedger } from '../../../test/support/boot-ledger.ts';

const filesIn = (folder: string) =>
  readdirSync(new URL(folder, import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => readFileSync(new URL(`${folder}/${file}`, import.meta.url), 'utf8'));

const named = (sources: readonly string[], pattern: RegExp) =>
  sources.flatMap((source) => [...source.matchAll(pattern)].map(([, name]) => name!)).sort();

const SOURCES = [...filesIn('commands'), ...filesIn('queries')];

describe('the whole module', () => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await bootLedger();
  });
  afterAll(() => ledger.close());

  it('compiles and answers', async () => {
    const { status, body } = await ledger.get('/health/live');
    expect([status, body]).toEqual([200, { status: 'alive', logId: ledger.store.logId }]);
  });

  it('has every controller of commands and queries', () => {
    const written = named(SOURCES, /export class (\w+Controller)\b/g);
    expect(controllers.map(({ name }) => name).sort()).toEqual(written);
  });

  it('has exactly one handler for each command', () => {
    const commands = named(SOURCES, /export class (\w+) extends Command</g);
    const handled = named(SOURCES, /@CommandHandler\((\w+)\)/g);
    expect(handled).toEqual(commands);
    expect(registered(ledger.app.get(CommandBus))).toBe(commands.length);
  });

  it('has exactly one handler for each query', () => {
    const queries = named(SOURCES, /export class (\w+) extends Query</g);
    const handled = named(SOURCES, /@QueryHandler\((\w+)\)/g);
    expect(handled).toEqual(queries);
    expect(registered(ledger.app.get(QueryBus))).toBe(queries.length);
  });

  it('lists every handler once', () => {
    const listed = handlers.map(({ name }) => name);
    expect(listed.sort()).toEqual(named(SOURCES, /export class (\w+Handler)\b/g));
  });

  it('says that it is ready, with its follower and without alarms', async () => {
    let { status, body } = await ledger.get('/health/ready');
    for (let tries = 0; status === 503 && tries < 100; tries += 1) {
      await setTimeout(20);
      ({ status, body } = await ledger.get('/health/ready'));
    }
    expect([status, body]).toEqual([
      200,
      {
        status: 'ready',
        store: { isWritable: true, outage: null, freeBytes: expect.any(Number) },
        follower: { state: 'following', behind: '0', alarm: null },
        clickhouse: null,
        alarms: [],
      },
    ]);
  });
});

/** How many commands or queries the bus knows: its own map, by Nest's own registration. */
function registered(bus: object): number {
  return (bus as { handlers: Map<string, unknown> }).handlers.size;
}
