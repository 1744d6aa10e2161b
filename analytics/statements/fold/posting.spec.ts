// The posting of a stored event when only one payee's are asked for.
import { describe, expect, it } from '@jest/globals';
import { pendingPosting } from './posting.ts';

const BASES = '"afterMinor":"1000","beforeMinor":"0"';
const dataOf = (payeeId: string) =>
  '{"clearsAt":"2026-01-08T00:00:00.000Z","movement":{"account":"pending","amountMinor":"100",' +
  `"clearsAt":"2026-01-08T00:00:00.000Z","codeId":"c1","currency":"USD",` +
  `"lines":[{${BASES},"lineId":"1"}],"net":{${BASES}},"payeeId":"${payeeId}",` +
  '"plan":{"kind":"rate","rateBps":1000,"rounding":1,"version":1},"sellerId":"s1","text":"CODE"},' +
  '"occurredAt":"2026-01-01T00:00:00.000Z","orderId":"o1","rulesVersion":1,"sellerId":"s1"}';

const postingOf = (data: string, payeeId: string, currency = 'USD') =>
  pendingPosting(
    { logIndex: 7, stream: 'order-s1/o1', revision: 1, type: 'OrderConfirmed', data },
    { payeeId, currency },
  );

describe('a posting of one payee', () => {
  it('is found by payee and currency', () => {
    expect(postingOf(dataOf('p1'), 'p1')).toMatchObject({ amountMinor: 100n, logIndex: 7 });
    expect(postingOf(dataOf('p1'), 'p1', 'EUR')).toBeUndefined();
    expect(postingOf(dataOf('p2'), 'p1')).toBeUndefined();
    expect(postingOf(dataOf('p12'), 'p1')).toBeUndefined();
  });

  it('is found in text that is not canonical, where the payee is written with an escape', () => {
    const posting = postingOf(dataOf('\\u00701'), 'p1');
    expect(posting).toMatchObject({ amountMinor: 100n, money: { payeeId: 'p1' } });
  });
});
