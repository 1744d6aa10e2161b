import { readdirSync, readFileSync } from 'node:fs';
import { canonicalJson } from '#ledger/canonical-json.ts';
import { EVENT_TYPES, LedgerEvent } from '#ledger/events.ts';
import { Metadata } from '#ledger/metadata.ts';
import { recomputedAmount } from '#ledger/movement.ts';
import { postings } from '#ledger/postings.ts';
import { eventRef } from '#ledger/streams.ts';
import { EventRef } from '#ledger/values.ts';

// One stored event per type, frozen: `<type>.<version>.json`. A sample is never changed; a changed
// shape gets an upcast and a sample with the next version beside it.
const folder = new URL('./events/', import.meta.url);
const samples = readdirSync(folder).map((file) => ({
  file,
  stored: JSON.parse(readFileSync(new URL(file, folder), 'utf8')),
}));

const types = [...EVENT_TYPES];

describe('the stored events', () => {
  it.each(types)('%s has a frozen sample', (type) => {
    expect(samples.map(({ file }) => file)).toContain(`${type}.1.json`);
  });

  it.each(samples)('$file is named after its type, and the type exists', ({ file, stored }) => {
    expect(file).toMatch(new RegExp(`^${stored.type}\\.[1-9][0-9]*\\.json$`));
    expect(types).toContain(stored.type);
  });

  it.each(samples)('$file is read as it was written, to the byte', ({ stored }) => {
    const { type, data, metadata } = stored;
    const parsed = LedgerEvent.parse({ type, data });
    expect(canonicalJson(parsed)).toBe(canonicalJson({ type, data }));
    expect(canonicalJson(Metadata.parse(metadata))).toBe(canonicalJson(metadata));
    expect(EventRef.parse(eventRef(stored.stream, stored.revision))).toBeTruthy();
  });

  it.each(samples)('$file with one more field is refused', ({ stored }) => {
    const { type, data } = stored;
    expect(LedgerEvent.safeParse({ type, data: { ...data, unknownField: 1 } }).success).toBe(false);
  });

  it.each(samples)('$file posts amounts that add up to zero', ({ stored }) => {
    const event = LedgerEvent.parse({ type: stored.type, data: stored.data });
    const posted = postings(event).map(({ amountMinor }) => amountMinor);
    expect(posted.reduce((sum, amount) => sum + amount, 0n)).toBe(0n);
    expect(posted).not.toContain(0n);
    for (const { amountMinor, ...base } of [stored.data.movement ?? []].flat())
      expect(recomputedAmount(base)).toBe(BigInt(amountMinor));
  });
});
