import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { controllers, handlers } from './slices.ts';
import { bootLedger, type TestLedger } from './testing.ts';

describe('the whole module', () => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await bootLedger();
  });
  afterAll(() => ledger.close());

  it('compiles and answers', async () => {
    const { status, body } = await ledger.get('/health/live');
    expect([status, body.status]).toEqual([200, 'alive']);
  });
});
