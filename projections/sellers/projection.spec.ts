import { given } from '#read-store/given.ts';
import { sellersProjection } from './projection.ts';
import { sellers } from './tables.ts';

const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
const ada = (occurredAt: string) => ({ sellerId: 'ada', occurredAt });

test('knows since when a seller is on the platform and in the programme', () => {
  const rows = given(sellersProjection, [
    ['seller-ada', 'SellerJoined', ada(at(1))],
    ['seller-bob', 'SellerJoined', { sellerId: 'bob', occurredAt: at(1) }],
    ['seller-ada', 'SellerEnrolled', ada(at(2))],
  ]);
  expect(rows.of(sellers)).toEqual([
    { sellerId: 'ada', joinedAt: at(1), enrolledAt: at(2), leftAt: null },
    { sellerId: 'bob', joinedAt: at(1), enrolledAt: null, leftAt: null },
  ]);
});

test('a seller that left keeps its history; one that comes back enrols again', () => {
  const left = [
    ['seller-ada', 'SellerJoined', ada(at(1))],
    ['seller-ada', 'SellerEnrolled', ada(at(2))],
    ['seller-ada', 'SellerLeft', ada(at(3))],
  ] as const;
  expect(given(sellersProjection, left).of(sellers)).toEqual([
    { sellerId: 'ada', joinedAt: at(1), enrolledAt: at(2), leftAt: at(3) },
  ]);
  const back = given(sellersProjection, [...left, ['seller-ada', 'SellerJoined', ada(at(4))]]);
  expect(back.of(sellers)).toEqual([
    { sellerId: 'ada', joinedAt: at(4), enrolledAt: null, leftAt: null },
  ]);
});
