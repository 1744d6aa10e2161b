// The service as a real process: it stops when asked, having drained, and says in one line why it
// does not start.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { announcedService } from '#api/service-file.ts';

describe('the process', () => {
  const directory = mkdtempSync(join(tmpdir(), 'promo-ledger-'));
  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  const start = (environment: Record<string, string> = {}) => {
    const child = spawn(
      process.execPath,
      ['--import', './test/support/run-sources.mjs', 'apps/api/src/main.ts'],
      {
        cwd: resolve(import.meta.dirname, '../..'),
        env: {
          ...process.env,
          PROMO_LEDGER_DATA: directory,
          PROMO_LEDGER_PORT: '0',
          ...environment,
        },
      },
    );
    children.push(child);
    let errors = '';
    child.stderr.on('data', (bytes) => (errors += String(bytes)));
    child.stdout.resume();
    const ended = new Promise<{ code: number | null; errors: string }>((done) =>
      child.on('close', (code) => done({ code, errors })),
    );
    return { child, ended };
  };
  const listening = async () => {
    for (let tries = 0; tries < 600; tries += 1) {
      const announced = announcedService(directory);
      if (announced) return announced.url;
      await setTimeout(50);
    }
    throw new Error('the service does not listen');
  };

  it('drains and ends with 0 on SIGTERM, and refuses a second one beside it with 3', async () => {
    const first = start();
    const url = await listening();
    const second = await start().ended;
    expect(second).toEqual({
      code: 3,
      errors: expect.stringMatching(/^promo-ledger: .*is in use by the process with pid \d+.*\n$/),
    });
    const joined = await fetch(`${url}/sellers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"sellerId":"seller1"}',
    });
    expect(joined.status).toBe(200);
    first.child.kill('SIGTERM');
    expect(await first.ended).toEqual({ code: 0, errors: '' });
    expect(announcedService(directory)).toBeUndefined();
  });

  it('ends with one line when the server of its log does not answer', async () => {
    const environment = {
      PROMO_LEDGER_DATA: join(directory, 'node'),
      PROMO_LEDGER_EVENTSTORE_URL: 'esdb://ops:secret@127.0.0.1:1?tls=false',
    };
    const { code, errors } = await start(environment).ended;
    expect([code, errors]).toEqual([
      3,
      expect.stringMatching(/^promo-ledger: EventStoreDB at 127.0.0.1:1 cannot be reached: .+\n$/),
    ]);
    expect(errors).not.toContain('secret');
  });

  it('says which variable keeps it from starting', async () => {
    const { code, errors } = await start({ PROMO_LEDGER_HOST: '0.0.0.0' }).ended;
    expect([code, errors]).toEqual([
      3,
      'promo-ledger: PROMO_LEDGER_HOST must be a loopback address: 127.0.0.1, ::1 or localhost\n',
    ]);
  });
});
