// The service as a process sees it: where it says it is, what keeps it from starting, how it stops.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, configFrom } from './config.ts';
import { isStartRefusal, serve } from './serve.ts';
import { announcedService } from './service-file.ts';
import { bootLedger } from '../../../test/support/boot-ledger.ts';
import {
  done,
  issueText,
  openCode,
  openMarket,
  orderBody,
} from '../../../test/support/market-over-http.ts';

describe('the service', () => {
  let directory: string;
  let config: Config;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'promo-ledger-'));
    config = configFrom({
      PROMO_LEDGER_DATA: directory,
      PROMO_LEDGER_PORT: '0',
      PROMO_LEDGER_LOG_LEVEL: 'silent',
    });
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const refusalOf = async () => {
    const error = await serve(config).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return isStartRefusal(error) ? error.message : error;
  };
  /** A ledger with events in it, closed again. */
  const fill = async () => {
    const ledger = await bootLedger({ dataDirectory: directory });
    await openMarket(ledger);
    await openCode(ledger, 'c1');
    await ledger.close(true);
  };

  it('says where it listens for as long as it does', async () => {
    const service = await serve(config);
    const announced = announcedService(directory);
    expect(announced).toEqual(
      expect.objectContaining({ pid: process.pid, url: service.url, logId: expect.any(String) }),
    );
    const live = await fetch(`${service.url}/health/live`);
    expect(await live.json()).toEqual({ status: 'alive', logId: announced?.logId });
    await service.stop();
    expect(announcedService(directory)).toBeUndefined();
    await expect(fetch(service.url)).rejects.toThrow('fetch failed');
  });

  it('answers what is in flight before it stops, and has stored it', async () => {
    const ledger = await bootLedger({ dataDirectory: directory });
    await openMarket(ledger);
    await openCode(ledger, 'c1');
    const text = await issueText(ledger, 'c1', 'ada');
    await ledger.close(true);

    const service = await serve(config);
    const orders = Array.from({ length: 200 }, (_, at) =>
      fetch(`${service.url}/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(orderBody(`o${at}`, text)),
      }).then(
        async (reply) => [at, reply.status, (await reply.json()) as { outcome: string }] as const,
        () => undefined,
      ),
    );
    await Promise.race(orders);
    await service.stop();
    const answered = (await Promise.all(orders)).filter((answer) => answer !== undefined);
    expect(answered.length).toBeGreaterThan(0);

    const again = await bootLedger({ dataDirectory: directory });
    for (const [at, status, { outcome }] of answered) {
      expect([status, outcome]).toEqual([200, 'attributed']);
      expect(await again.stored(`order-seller1/o${at}`)).not.toEqual([]);
    }
    await again.close(true);
  });

  it('does not start beside another process on the same data', async () => {
    const service = await serve(config);
    expect(await refusalOf()).toContain(`is in use by the process with pid ${process.pid}`);
    expect(announcedService(directory)?.url).toBe(service.url);
    await service.stop();
  });

  it('does not start without the keys of a ledger that has events', async () => {
    await fill();
    rmSync(join(directory, 'buyer-keys.json'));
    expect(await refusalOf()).toContain('buyer-keys.json is missing');
    expect(existsSync(join(directory, 'buyer-keys.json'))).toBe(false);
    expect(announcedService(directory)).toBeUndefined();
  });

  it('does not start on a file that is not its log, and leaves it as it was', async () => {
    const file = join(directory, 'ledger.db');
    writeFileSync(file, 'somebody else’s bytes, and enough of them to be a page');
    expect(await refusalOf()).toContain('is not a Promo Ledger log');
    expect(readFileSync(file, 'utf8')).toContain('somebody else’s bytes');
  });

  it('does not start on read models that are none', async () => {
    const file = join(directory, 'read.db');
    writeFileSync(file, 'somebody else’s bytes, and enough of them to be a page');
    expect(await refusalOf()).toContain('read.db');
    expect(readFileSync(file, 'utf8')).toContain('somebody else’s bytes');
  });

  it('does not start on a port in use, and gives the data back', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(serve({ ...config, port })).rejects.toThrow('EADDRINUSE');
    other.close();
    const service = await serve(config);
    await service.stop();
  });

  it('starts again on what it kept, from the read models that it kept', async () => {
    await fill();
    const again = await bootLedger({ dataDirectory: directory });
    const { body } = await again.get('/codes/c1');
    expect(body.tasks).toEqual([{ taskId: 'c1.default', channel: 'default', status: 'open' }]);
    expect(await done(again.post('/sellers', { sellerId: 'seller1' }))).toEqual({ events: [] });
    await again.close(true);
  });
});
