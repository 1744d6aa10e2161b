import { Instant, TypedText } from './schemas.ts';

describe('a time', () => {
  it('exists on exactly the days of the calendar', () => {
    for (let day = Date.UTC(2096, 0, 1); day < Date.UTC(2104, 2, 1); day += 86_400_000) {
      const text = new Date(day).toISOString();
      expect(Instant.parse(text)).toBe(text);
    }
  });

  it.each([
    ['2026-01-31T23:59:59.999Z', '2026-01-31T23:59:59.999Z'],
    ['2026-01-31T23:59:59Z', '2026-01-31T23:59:59.000Z'],
    ['2026-02-01T00:30:00+01:00', '2026-01-31T23:30:00.000Z'],
    ['2026-01-31T18:00:00-0530', '2026-01-31T23:30:00.000Z'],
    ['2024-02-29T12:00:00.123456789Z', '2024-02-29T12:00:00.123Z'],
    ['2026-01-01T00:00:00-00:00', '2026-01-01T00:00:00.000Z'],
  ])('with any offset becomes UTC with milliseconds: %s', (given, stored) => {
    expect(Instant.parse(given)).toBe(stored);
  });

  it.each([
    ['2026-01-31T23:59:59', 'must say its zone: Z or an offset'],
    ['2026-02-29T00:00:00Z', 'is not a date that exists between the years 2000 and 2999'],
    ['2026-02-29T00:00:00.000Z', 'is not a date that exists between the years 2000 and 2999'],
    ['2100-02-29T00:00:00.000Z', 'is not a date that exists between the years 2000 and 2999'],
    ['2026-04-31T00:00:00.000Z', 'is not a date that exists between the years 2000 and 2999'],
    ['2026-00-01T00:00:00.000Z', 'is not a date that exists between the years 2000 and 2999'],
    ['2026-13-01T00:00:00Z', 'is not a date that exists between the years 2000 and 2999'],
    ['2026-01-00T00:00:00Z', 'is not a date that exists between the years 2000 and 2999'],
    ['2026-01-01T24:00:00Z', 'is not a date that exists between the years 2000 and 2999'],
    ['2026-01-01T23:59:60Z', 'is not a date that exists between the years 2000 and 2999'],
    ['1999-12-31T23:59:59Z', 'is not a date that exists between the years 2000 and 2999'],
    ['2000-01-01T00:00:00+01:00', 'is not a date that exists between the years 2000 and 2999'],
  ])('is refused: %s', (given, reason) => {
    expect(Instant.safeParse(given).error?.issues[0]?.message).toBe(reason);
  });

  it.each(['2026-01-31', 'yesterday', '', '20260131T235959Z', '2026-01-31 23:59:59Z'])(
    'is refused in another notation: "%s"',
    (given) => {
      expect(Instant.safeParse(given).success).toBe(false);
    },
  );
});

it("takes a code's text in any case", () => {
  expect(TypedText.parse('ada10x')).toBe('ADA10X');
});
