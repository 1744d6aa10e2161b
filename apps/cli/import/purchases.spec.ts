import { Purchases } from './purchases.ts';

const sale = (orderId: string, at: string, leftMinor: bigint) => ({
  ...{ sellerId: 's', orderId, lineId: '1', at, leftMinor },
});
const [MONDAY, TUESDAY, FRIDAY] = ['2011-01-03', '2011-01-04', '2011-01-07'] as const;

describe('which purchase a refund reverses', () => {
  it('is the latest earlier one that has so much left', () => {
    const purchases = new Purchases();
    purchases.add('k', sale('first', MONDAY, 500n));
    purchases.add('k', sale('second', TUESDAY, 300n));
    purchases.add('k', sale('later', FRIDAY, 900n));
    const reversed = [300n, 300n, 200n].map((amount) => purchases.reverse('k', amount, TUESDAY));
    expect(reversed.map((purchase) => purchase?.orderId)).toEqual(['second', 'first', 'first']);
  });

  it('is the latest with anything left when none has enough, and takes nothing from it', () => {
    const purchases = new Purchases();
    purchases.add('k', sale('first', MONDAY, 500n));
    purchases.add('k', sale('empty', TUESDAY, 0n));
    expect(purchases.reverse('k', 501n, FRIDAY)).toMatchObject({
      orderId: 'first',
      leftMinor: 500n,
    });
  });

  it('is the latest when nothing is left anywhere: the ledger refuses it, visibly', () => {
    const purchases = new Purchases();
    purchases.add('k', sale('first', MONDAY, 0n));
    purchases.add('k', sale('second', TUESDAY, 0n));
    expect(purchases.reverse('k', 1n, FRIDAY)?.orderId).toBe('second');
  });

  it('is none when nothing was bought before', () => {
    const purchases = new Purchases();
    purchases.add('k', sale('later', FRIDAY, 900n));
    expect(purchases.reverse('k', 1n, MONDAY)).toBeUndefined();
    expect(purchases.reverse('other', 1n, FRIDAY)).toBeUndefined();
  });
});
