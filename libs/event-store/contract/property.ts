// Any sequence of appends, right and wrong, repeated and at once, leaves the log that a simple
// model of it has.
import fc from 'fast-check';
import { WrongExpectedRevision } from '../port.ts';
import { idsOf, newEvents, type OpenLog } from './log.ts';

const appendShape = fc.record({
  stream: fc.constantFrom('task-a', 'task-b', 'task-c'),
  /** How far off the expected revision is: mostly not at all. */
  off: fc.constantFrom(0, 0, 0, -1, 1),
  count: fc.integer({ min: 1, max: 4 }),
  isRepeated: fc.boolean(),
});

export function propertyContract(open: OpenLog): void {
  describe('any sequence of appends', () => {
    it.each([
      ['one after another', 1],
      ['many at once', 50],
    ])('leaves the log that its accepted ones make: %s', async (_, atOnce) => {
      await fc.assert(
        fc.asyncProperty(fc.array(appendShape, { minLength: 1, maxLength: 30 }), async (shapes) => {
          const { store, remove } = await open();
          const model = new Map<string, string[]>();
          const order: string[] = [];
          let calls: Promise<void>[] = [];
          for (const { stream, off, count, isRepeated } of shapes) {
            const known = model.get(stream) ?? [];
            const at = known.length - 1 + off;
            const expected = at < 0 ? 'no_stream' : at;
            const events = newEvents(count);
            if (at === known.length - 1 || (at < 0 && known.length === 0)) {
              model.set(stream, [...known, ...idsOf(events)]);
              order.push(...idsOf(events));
              for (let i = 0; i < (isRepeated ? 2 : 1); i += 1)
                calls.push(
                  store.append(stream, expected, events).then(({ revision }) => {
                    expect(revision).toBe(known.length);
                  }),
                );
            } else {
              const append = store.append(stream, expected, events);
              calls.push(expect(append).rejects.toBeInstanceOf(WrongExpectedRevision));
            }
            if (calls.length < atOnce) continue;
            await Promise.all(calls);
            calls = [];
          }
          await Promise.all(calls);
          const all = await store.readAll();
          // Of appends at once to several streams, any may come first.
          if (atOnce === 1) expect(idsOf(all)).toEqual(order);
          else expect(idsOf(all).toSorted()).toEqual(order.toSorted());
          for (const [stream, ids] of model) {
            expect(idsOf(await store.readStream(stream))).toEqual(ids);
            expect(idsOf(all.filter((event) => event.stream === stream))).toEqual(ids);
          }
          await remove();
        }),
        { numRuns: 25 },
      );
    });
  });
}
