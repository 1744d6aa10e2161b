import fc from 'fast-check';
import { add, addPart, emptyKeyLog, find, numberAt, partsFrom, setNumber } from './key-log.ts';
import type { KeyLog, Kind } from './key-log.ts';

/** Keys that share beginnings and ends, so that equal hashes would not be enough. */
const key = fc.stringMatching(/^[A-Za-z0-9_.]{1,12}$/);
const kind = fc.constantFrom<Kind>(0, 1);

function noted(log: KeyLog, entries: readonly (readonly [Kind, string])[]): Map<string, number> {
  const model = new Map<string, number>();
  for (const [of, name] of entries) {
    const known = find(log, of, name);
    const address = known < 0 ? add(log, of, name) : known;
    setNumber(log, address, 0, numberAt(log, address) + 1);
    model.set(`${of}${name}`, (model.get(`${of}${name}`) ?? 0) + 1);
  }
  return model;
}

const asMap = (log: KeyLog, keys: Iterable<string>) =>
  new Map([...keys].map((each) => [each, countOf(log, each)]));

function countOf(log: KeyLog, each: string): number {
  const address = find(log, each[0] === '0' ? 0 : 1, each.slice(1));
  return address < 0 ? 0 : numberAt(log, address);
}

describe('a log of records found by key', () => {
  it('is a Map from kind and key to numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(kind, key), { maxLength: 400 }), key, (entries, absent) => {
        const log = emptyKeyLog();
        const model = noted(log, entries);
        expect(asMap(log, model.keys())).toEqual(model);
        expect(log.count).toBe(model.size);
        expect(find(log, 0, absent) >= 0).toBe(model.has(`0${absent}`));
      }),
    );
  });

  /** Records of 16 bytes fill a block to its last byte; of 19 and 20 bytes they leave a rest. */
  it.each([7, 10, 11])('keeps keys of %i bytes apart while its table grows again', (length) => {
    const log = emptyKeyLog();
    const keys = Array.from({ length: 110_000 }, (_, i) => String(i).padStart(length, '.'));
    for (const [i, each] of keys.entries()) setNumber(log, add(log, 0, each), 0, i);
    expect(keys.every((each, i) => numberAt(log, find(log, 0, each)) === i)).toBe(true);
    expect(keys.every((each) => find(log, 1, each) === -1)).toBe(true);
    expect([log.blocks.length > 1, log.old]).toEqual([true, null]);
  });

  it('finds every key at every moment of its growth', () => {
    const log = emptyKeyLog();
    let lost = 0;
    for (let i = 0; i < 800; i++) {
      add(log, i % 2 === 0 ? 0 : 1, `k${i}`);
      for (let j = 0; j <= i; j++) lost += find(log, j % 2 === 0 ? 0 : 1, `k${j}`) < 0 ? 1 : 0;
    }
    expect(lost).toBe(0);
  });

  it('holds numbers of 32 bits', () => {
    const log = emptyKeyLog();
    const address = add(log, 0, 'a');
    setNumber(log, address, 0, 0xffff_ffff);
    setNumber(log, address, 1, 0x8000_0001);
    expect([numberAt(log, address, 0), numberAt(log, address, 1)]).toEqual([
      0xffff_ffff, 0x8000_0001,
    ]);
  });

  it('refuses to mix up keys that it cannot tell apart', () => {
    const log = emptyKeyLog();
    expect(() => find(log, 0, 'ordér')).toThrow('a key must be ASCII');
    expect(() => find(log, 0, 'x'.repeat(128))).toThrow('a key of 128 characters');
    expect(() => find(log, 0, '')).toThrow('a key of 0 characters');
  });

  it('is rebuilt from its parts, however often and wherever it was cut', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(sizes, (cuts) => {
        const [log, parts] = [emptyKeyLog(), [] as Uint8Array[]];
        let saved = 0;
        for (const size of cuts) {
          for (let i = 0; i < size; i++) setNumber(log, add(log, 0, `order.${log.count}`), 0, i);
          parts.push(...partsFrom(log, saved));
          saved = log.end;
        }
        const copy = emptyKeyLog(log.count);
        for (const part of parts) addPart(copy, part, () => {});
        expect([copy.count, copy.end]).toEqual([log.count, log.end]);
        expect(parts.every((part) => part.length <= 1_048_580)).toBe(true);
        let moved = 0;
        for (let i = 0; i < log.count; i++) {
          moved += find(copy, 0, `order.${i}`) === find(log, 0, `order.${i}`) ? 0 : 1;
        }
        const filled = (slots: Uint32Array) => slots.reduce((n, slot) => n + (slot ? 1 : 0), 0);
        expect([moved, filled(copy.slots)]).toEqual([0, log.count]);
        expect(find(copy, 0, `order.${log.count}`)).toBe(-1);
      }),
      { numRuns: 15 },
    );
  });
});
