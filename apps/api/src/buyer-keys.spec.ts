import { createHmac } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventLogReader, START } from '#event-store/port.ts';
import { BUYER_KEYS_FILE, BuyerKeys, BuyerKeysUnusable, openBuyerKeys } from './buyer-keys.ts';

const emptyLog = logOf([]);
const usedLog = logOf([{ type: 'SellerJoined', data: {} }]);
const logPinning = (buyerKeyId: string) =>
  logOf([
    { type: 'SellerJoined', data: {} },
    { type: 'CodeCreated', data: { buyerKeyId } },
  ]);

describe('buyer keys', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'buyer-keys-'));
    path = join(directory, BUYER_KEYS_FILE);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('are the first 128 bits of HMAC-SHA-256, in base64url', () => {
    const key = Buffer.from('0123456789abcdef0123456789abcdef');
    const keys = new BuyerKeys(new Map([['k', key]]));
    for (const buyerId of ['b', 'ä buyer', 'x'.repeat(200)]) {
      const hmac = createHmac('sha256', key).update(buyerId).digest().subarray(0, 16);
      expect(keys.keyed(buyerId, 'k')).toBe(hmac.toString('base64url'));
    }
  });

  it('are made on an empty ledger, for nobody else to read, and stay the same', async () => {
    const first = await openBuyerKeys(directory, emptyLog);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const second = await openBuyerKeys(directory, logPinning(first.currentKeyId));
    expect(second.keyed('b', second.currentKeyId)).toBe(first.keyed('b', first.currentKeyId));
  });

  it('are never made beside a ledger that is not empty', async () => {
    await expect(openBuyerKeys(directory, usedLog)).rejects.toThrow(/is missing/);
  });

  it('of another ledger are refused', async () => {
    await openBuyerKeys(directory, emptyLog);
    await expect(openBuyerKeys(directory, logPinning('key_other'))).rejects.toThrow(
      /lacks the key key_other/,
    );
  });

  it.each([
    ['is cut short', (text: string) => text.slice(0, 80), /not JSON/],
    ['has a changed key', flipKey, /not the one that was written/],
    ['has another shape', (text: string) => text.replace('"key"', '"kee"'), /see keys.0/],
  ])('are refused when the file %s, and the file stays as it was', async (_, damage, message) => {
    await openBuyerKeys(directory, emptyLog);
    const damaged = damage(readFileSync(path, 'utf8'));
    writeFileSync(path, damaged);
    const opened = openBuyerKeys(directory, emptyLog);
    await expect(opened).rejects.toThrow(BuyerKeysUnusable);
    await expect(opened).rejects.toThrow(message);
    expect(readFileSync(path, 'utf8')).toBe(damaged);
  });

  it('are refused when others can read the file', async () => {
    await openBuyerKeys(directory, emptyLog);
    chmodSync(path, 0o644);
    await expect(openBuyerKeys(directory, emptyLog)).rejects.toThrow(/chmod 600/);
  });
});

function flipKey(text: string): string {
  return text.replace(/("key": ")(.)/, (_, start: string, letter: string) => {
    return start + (letter === 'A' ? 'B' : 'A');
  });
}

function logOf(events: readonly { type: string; data: object }[]): EventLogReader {
  const recorded = events.map((event, at) => ({ ...event, position: BigInt(at) }));
  const log: Partial<EventLogReader> = {
    head: () => Promise.resolve(BigInt(events.length) - 1n),
    readAll: ({ after = START } = {}) =>
      Promise.resolve(recorded.filter(({ position }) => position > after.position) as never),
  };
  return log as EventLogReader;
}
