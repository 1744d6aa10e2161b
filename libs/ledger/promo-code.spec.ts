import { at, given, expectLadder, on, outcomeOf } from '../../test/support/given.ts';
import { coded, codeRules, ids, sold } from '../../test/support/market.ts';
import {
  closeCode,
  closureWanted,
  createCode,
  pauseCode,
  promoCode,
  resumeCode,
} from './promo-code.ts';
import type { CreateCode } from './promo-code.ts';
import { seller } from './seller.ts';
import type { SellerState } from './seller.ts';
import type { Timed } from './time.ts';

const { codeId, sellerId } = ids;
const absent = given(promoCode);
const stranger = given(seller);
const joined = given(seller, sold.joined());
const enrolled = given(seller, sold.joined(), sold.enrolled());
const ahead = at('2027-01-01T00:00:00.000Z');

describe('creating a code', () => {
  const asked: CreateCode = { codeId, sellerId, ...codeRules, buyerKeyId: 'k1' };
  const command = { ...asked, ...at(on(2)) };
  const create = (changes: Partial<typeof command>, state = absent) =>
    createCode({ ...command, ...changes }, state, { seller: enrolled });

  it('records all its rules, product ids sorted and each once', () => {
    const rules = {
      ...codeRules,
      codeType: 'set_products',
      productIds: ['p2', 'p1', 'p2'],
    } as const;

    expect(create({ ...rules, productIds: [...rules.productIds] })).toEqual({
      events: [
        {
          type: 'CodeCreated',
          data: { ...asked, ...rules, productIds: ['p1', 'p2'], occurredAt: on(2) },
        },
      ],
    });
  });

  it('is refused in this order', () => {
    const nothingOff: CreateCode['discount'] = { kind: 'amount', amountMinor: '0' };
    const window = { redeemableFrom: on(5), redeemableUntil: on(5, '09:59') };
    const productless = { ...command, redeemableFrom: on(5), redeemableUntil: on(5) };
    const windowed = { ...productless, productIds: ['p1'] };
    const discounted = { ...windowed, ...window };
    const inMoney = { ...discounted, discount: nothingOff };
    const timed = { ...inMoney, currency: 'DEM' };
    expectLadder<{ command: Timed<CreateCode>; seller: SellerState }>(
      { command: { ...timed, ...ahead }, seller: stranger },
      (world) => createCode(world.command, absent, { seller: world.seller }),
      ['seller_must_have_joined', { seller: joined }],
      ['seller_must_be_in_affiliate_programme', { seller: enrolled }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: timed }],
      ['currency_must_exist', { command: inMoney }],
      ['discount_must_be_above_zero', { command: discounted }],
      ['redemption_window_must_not_end_before_it_starts', { command: windowed }],
      ['storewide_code_must_name_no_products', { command: productless }],
    );
    expect(outcomeOf(create({ codeType: 'set_products', productIds: [] }))).toBe(
      'set_products_code_must_name_products',
    );
  });

  it('changes nothing again, whatever the key in use, the time and the order of products', () => {
    const state = given(promoCode, coded.created());
    expect(outcomeOf(create({ buyerKeyId: 'k2', ...ahead }, state))).toBe('unchanged');
    const set = { codeType: 'set_products', productIds: ['p1', 'p2'] } as const;
    const products = given(promoCode, coded.created({ ...set, productIds: ['p1', 'p2'] }));
    expect(outcomeOf(create({ ...set, productIds: ['p2', 'p1'] }, products))).toBe('unchanged');
  });

  it('takes a discount of an amount, and knows it again', () => {
    const discount = (amountMinor: string) => ({ kind: 'amount', amountMinor }) as const;
    expect(outcomeOf(create({ discount: discount('500') }))).toBe('CodeCreated');
    const state = given(promoCode, coded.created({ discount: discount('500') }));
    expect(outcomeOf(create({ discount: discount('500') }, state))).toBe('unchanged');
    expect(outcomeOf(create({ discount: discount('600') }, state))).toBe('code_must_not_change');
    expect(outcomeOf(create({}, state))).toBe('code_must_not_change');
  });

  it.each<[string, Partial<typeof command>]>([
    ['name', { name: 'Summer sale' }],
    ['seller', { sellerId: 'another' }],
    ['discount', { discount: { kind: 'percentage', percentBps: 2_000 } }],
    ['kind of discount', { discount: { kind: 'amount', amountMinor: '1000' } }],
    ['minimum spend', { minimumSpendMinor: '0' }],
    ['code type', { codeType: 'set_products' }],
    ['products', { productIds: ['p1'] }],
    ['currency', { currency: 'EUR' }],
    ['start', { redeemableFrom: on(2) }],
    ['end', { redeemableUntil: on(30) }],
    ['limit', { totalLimit: 10 }],
    ['limit per buyer', { perBuyerLimit: 1 }],
  ])('is refused again with another %s', (_field, changes) => {
    const state = given(promoCode, coded.created());
    expect(outcomeOf(create(changes, state))).toBe('code_must_not_change');
  });
});

describe('pausing and resuming', () => {
  const command = { codeId, ...at(on(10)) };
  const paused = () => given(promoCode, coded.created(), coded.paused(on(8)));
  const shut = () => given(promoCode, coded.created(), coded.closed(on(9)));

  it('are recorded with their own times', () => {
    const data = { codeId, occurredAt: on(10) };
    expect(pauseCode(command, given(promoCode, coded.created()))).toEqual({
      events: [{ type: 'CodePaused', data }],
    });
    expect(resumeCode(command, paused())).toEqual({ events: [{ type: 'CodeResumed', data }] });
  });

  it('are refused in this order', () => {
    expectLadder(
      { command: { codeId, ...ahead }, state: absent },
      (world) => pauseCode(world.command, world.state),
      ['code_must_exist', { state: shut() }],
      ['code_must_not_be_closed', { state: given(promoCode, coded.created()) }],
      [
        'occurred_at_must_not_be_ahead_of_the_clock',
        { command: { codeId, ...at(on(1, '09:00')) } },
      ],
      ['occurred_at_must_not_precede_last_fact', { command }],
    );
    const shutWhilePaused = given(
      promoCode,
      coded.created(),
      coded.paused(on(8)),
      coded.closed(on(9)),
    );
    expectLadder(
      { command: { codeId, ...ahead }, state: absent },
      (world) => resumeCode(world.command, world.state),
      ['code_must_exist', { state: shutWhilePaused }],
      ['code_must_not_be_closed', { state: paused() }],
      ['occurred_at_must_not_be_ahead_of_the_clock', { command: { codeId, ...at(on(7)) } }],
      ['occurred_at_must_not_precede_last_fact', { command }],
    );
  });

  it('change nothing again', () => {
    expect(outcomeOf(pauseCode({ codeId, ...ahead }, paused()))).toBe('unchanged');
    expect(outcomeOf(resumeCode({ codeId, ...ahead }, shut()))).toBe('unchanged');
  });
});

describe('closing', () => {
  const command = { codeId, reason: 'seller_closed', ...at(on(10)) } as const;

  it('is recorded with its reason', () => {
    expect(closeCode(command, given(promoCode, coded.created()))).toEqual({
      events: [
        { type: 'CodeClosed', data: { codeId, reason: 'seller_closed', occurredAt: on(10) } },
      ],
    });
  });

  it('is refused in this order', () => {
    expectLadder(
      { command: { ...command, ...ahead }, state: absent },
      (world) => closeCode(world.command, world.state),
      ['code_must_exist', { state: given(promoCode, coded.created()) }],
      [
        'occurred_at_must_not_be_ahead_of_the_clock',
        { command: { ...command, ...at(on(1, '09:00')) } },
      ],
      ['occurred_at_must_not_precede_last_fact', { command }],
    );
  });

  it('changes nothing again, whatever the reason', () => {
    const closed = given(promoCode, coded.created(), coded.closed());
    expect(outcomeOf(closeCode({ ...command, reason: 'seller_left', ...ahead }, closed))).toBe(
      'unchanged',
    );
  });
});

describe('a code whose seller leaves', () => {
  const code = given(promoCode, coded.created({ occurredAt: on(5) }));

  it('is to be closed from then on, also when the seller has come back since', () => {
    const left = [sold.joined(), sold.left(on(20))];
    expect(closureWanted(code, given(seller, ...left))).toBe(on(20));
    expect(closureWanted(code, given(seller, ...left, sold.joined(on(22))))).toBe(on(20));
  });

  it('is to be closed from its making when the seller was gone by then', () => {
    expect(closureWanted(code, given(seller, sold.joined(), sold.left(on(4))))).toBe(on(5));
  });

  it('stays as it is while its seller stays, and once it is closed', () => {
    expect(closureWanted(code, joined)).toBeNull();
    const closed = given(promoCode, coded.created(), coded.closed());
    expect(closureWanted(closed, given(seller, sold.joined(), sold.left()))).toBeNull();
    expect(closureWanted(absent, joined)).toBeNull();
  });

  it('that was made after the seller came back stays open', () => {
    const again = given(seller, sold.joined(), sold.left(on(3)), sold.joined(on(4)));
    expect(closureWanted(code, again)).toBeNull();
  });
});
