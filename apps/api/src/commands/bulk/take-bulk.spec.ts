import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '#event-store/sqlite-store.ts';
import { orderStream } from '#ledger/streams.ts';
import { openBuyerKeys } from '../../buyer-keys.ts';
import { Market, NOW, orderOf } from '../../../../../test/support/order-market.ts';
import { bootLedger, type TestLedger } from '../../../../../test/support/boot-ledger.ts';
import type { BulkAnswer } from './bulk-answer.ts';

describe('the bulk endpoint', () => {
  let ledger: TestLedger;
  let port: number;

  beforeAll(async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'bulk-'));
    const store = openSqliteStore(join(dataDirectory, 'ledger.db'));
    const market = await Market.open({}, store, await openBuyerKeys(dataDirectory, store));
    await market.runner.close();
    await store.close();
    ledger = await bootLedger({ now: NOW, dataDirectory });
    await ledger.app.listen(0, '127.0.0.1');
    port = (ledger.app.getHttpServer().address() as AddressInfo).port;
  });
  afterAll(() => ledger.close());

  it('answers each line while the feed is still open', async () => {
    const feed = await open(port);
    feed.sent.write(line('o1'));
    expect(await feed.next()).toMatchObject({ line: 1, outcome: 'attributed' });
    feed.sent.write(line('o1'));
    expect(await feed.next()).toMatchObject({ line: 2, outcome: 'attributed', repeated: true });
    feed.sent.end();
    expect(await feed.next()).toBeUndefined();
    const { headers, statusCode } = await feed.response;
    expect([statusCode, headers['content-type']]).toEqual([200, 'application/x-ndjson']);
  });

  it('gives positions that make a read see the line', async () => {
    const feed = await open(port);
    feed.sent.end(line('seen'));
    const { position } = (await feed.next())!;
    const headers = { 'promo-ledger-position': String(position) };
    const { status, body } = await ledger.get('/orders/s1/seen/explanation', headers);
    expect([status, body]).toEqual([200, expect.anything()]);
  });

  it('stops reading a caller that does not read its answers', async () => {
    const feed = await open(port);
    const sent = await sendUntilHeldBack(feed.sent);
    // The sockets between them hold a few megabytes; the service holds next to nothing.
    expect(sent).toBeLessThan(60_000);
    feed.sent.destroy();
    const other = await open(port);
    other.sent.end(line('after'));
    expect(await other.next()).toMatchObject({ outcome: 'attributed' });
  });

  it('keeps what it took of a caller that went away, and nothing of a half line', async () => {
    const feed = await open(port);
    feed.sent.write(line('gone1') + line('gone2').slice(0, 60));
    await feed.next();
    feed.sent.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const stored = async (orderId: string) =>
      (await ledger.stored(orderStream('s1', orderId))).map(({ type }) => type);
    expect(await stored('gone1')).toEqual(['OrderAttributed']);
    expect(await stored('gone2')).toEqual([]);
  });

  it('refuses another content type with a problem', async () => {
    const { status, body } = await ledger.post('/orders/bulk', {});
    expect([status, body.code]).toEqual([415, 'content_type_must_fit']);
  });

  it('ends an open feed behind the last line when the service stops', async () => {
    const feed = await open(port);
    feed.sent.write(line('last'));
    expect(await feed.next()).toMatchObject({ outcome: 'attributed' });
    const closing = ledger.close(true);
    expect(await feed.next()).toBeUndefined();
    await closing;
    ledger = await bootLedger({ now: NOW });
  });
});

interface OpenFeed {
  readonly sent: ClientRequest;
  readonly response: Promise<IncomingMessage>;
  /** The next answer; undefined when there is none any more. */
  next(): Promise<BulkAnswer | undefined>;
}

async function open(port: number): Promise<OpenFeed> {
  const sent = request({
    ...{ port, host: '127.0.0.1', method: 'POST', path: '/orders/bulk' },
    headers: { 'content-type': 'application/x-ndjson' },
  });
  sent.on('error', () => {});
  sent.flushHeaders();
  const response = once(sent, 'response').then(([message]) => message as IncomingMessage);
  response.catch(() => {});
  const answers = linesOf(response);
  return {
    sent,
    response,
    next: async () => {
      const { done, value } = await answers.next();
      return done ? undefined : (JSON.parse(value) as BulkAnswer);
    },
  };
}

async function* linesOf(response: Promise<IncomingMessage>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of (await response).setEncoding('utf8')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** How many lines went out before the other side stopped taking them. */
async function sendUntilHeldBack(sent: ClientRequest): Promise<number> {
  const broken = `{"type":"${'x'.repeat(1_000)}"}\n`.repeat(100);
  for (let count = 0; count < 200_000; count += 100) {
    if (sent.write(broken)) continue;
    const drained = once(sent, 'drain').then(() => true);
    const waited = new Promise((resolve) => setTimeout(resolve, 700, false));
    if (!(await Promise.race([drained, waited]))) return count;
  }
  throw new Error('it was never held back');
}

function line(orderId: string): string {
  const { text, ...order } = orderOf(orderId);
  return `${JSON.stringify({ type: 'order', code: text, ...order })}\n`;
}
