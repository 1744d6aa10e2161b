// What must be true of a ledger after whatever befell it: nothing acknowledged is lost, nothing is
// done twice, no limit is exceeded, the books balance, and every node's read models are those of a
// replay from zero. The crash test and the fault tests ask the same.
import { eventRef } from '#ledger/streams.ts';
import type { Aftermath, Stored } from './aftermath.ts';

type Of<T extends Stored['type']> = Extract<Stored, { readonly type: T }>;

/** Registers the tests. @param after once `beforeAll` is through */
export function itKeptTheBooks(after: () => Aftermath): void {
  const of = <T extends Stored['type']>(...types: readonly T[]) =>
    after().events.filter((event): event is Of<T> =>
      (types as readonly string[]).includes(event.type),
    );
  itAnswered(after);
  itStoredOnce(after, of);
  itSettledOrders(of);
  itKeptLimits(of);
  itFinishedWork(after, of);
  itReadsAsReplayed(after);
}

type Events = <T extends Stored['type']>(...types: readonly T[]) => Of<T>[];

function itAnswered(after: () => Aftermath): void {
  it('answered everything in the end, and failed only by outages', () => {
    for (const load of after().loads) {
      expect(load.unanswered).toBe(0);
      expect(load.faults).toEqual([]);
    }
  });

  it('has everything that it acknowledged, where it said', () => {
    const { events, loads, positionOf } = after();
    const stored = new Map(
      events.map(({ stream, revision, position }) => [eventRef(stream, revision), position]),
    );
    const positions = new Set(stored.values());
    const isThere = ({ event, position: token }: { event: string; position: string }) => {
      const [at, position] = [stored.get(event), positionOf(token)];
      if (at === undefined || position === undefined) return false;
      return positions.has(position) && position >= at;
    };
    const acknowledged = loads.flatMap((load) => load.acknowledged);
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.filter((each) => !isThere(each))).toEqual([]);
  });

  it('gave every repeat the first answer', () => {
    expect(after().loads.flatMap(({ contradictions }) => contradictions)).toEqual([]);
  });
}

function itStoredOnce(after: () => Aftermath, of: Events): void {
  it('numbers the log and each stream without a gap, and holds no event twice', () => {
    const { events } = after();
    expect(events.every(({ logIndex }, at) => logIndex === at)).toBe(true);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    const revisions = new Map<string, number>();
    const gaps = events.filter(({ stream, revision }) => {
      const next = (revisions.get(stream) ?? -1) + 1;
      revisions.set(stream, revision);
      return revision !== next;
    });
    expect(gaps).toEqual([]);
  });

  it('stored one outcome for each order', () => {
    expect(twice(of('OrderAttributed', 'OrderRejected').map(({ stream }) => stream))).toEqual([]);
  });

  it('took each refund and each confirmation once', () => {
    const confirmed = of('OrderConfirmed').map(({ stream }) => stream);
    expect(twice(confirmed)).toEqual([]);
    expect(twice(of('ConfirmationParked').map(({ stream }) => stream))).toEqual([]);
    const refund = ({ stream, data }: Of<'OrderRefunded' | 'RefundRefused' | 'RefundParked'>) =>
      `${stream} ${data.refundId}`;
    expect(twice(of('OrderRefunded', 'RefundRefused').map(refund))).toEqual([]);
    expect(twice(of('RefundParked').map(refund))).toEqual([]);
  });
}

function itSettledOrders(of: Events): void {
  it('settled every reservation once: attributed by it, or released', () => {
    const reserved = of('RedemptionReserved').map(({ stream, revision }) =>
      eventRef(stream, revision),
    );
    const settled = of('OrderAttributed', 'RedemptionReleased').map(({ data }) => data.reservation);
    expect(reserved.length).toBeGreaterThan(0);
    expect(twice(settled)).toEqual([]);
    expect(settled.toSorted()).toEqual(reserved.toSorted());
  });
}

function itKeptLimits(of: Events): void {
  it('exceeded no limit, and used each up before it refused', () => {
    const count = (keys: readonly string[]) => {
      const counts = new Map<string, number>();
      for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
      return (key: string) => counts.get(key) ?? 0;
    };
    const attributed = of('OrderAttributed').map(({ data }) => data.verdict);
    const buyerOf = ({ codeId, buyer }: { codeId: string; buyer?: unknown }) =>
      `${codeId} ${String(buyer)}`;
    const uses = count(attributed.map(({ codeId }) => codeId));
    const usesOfBuyer = count(attributed.map(buyerOf));
    const usesEver = count(of('RedemptionReserved').map(({ data }) => data.verdict.codeId));
    const limits = new Map(of('CodeCreated').map(({ data }) => [data.codeId, data]));
    for (const [codeId, { totalLimit }] of limits)
      expect(uses(codeId)).toBeLessThanOrEqual(totalLimit ?? Infinity);
    for (const verdict of attributed) {
      const { perBuyerLimit } = limits.get(verdict.codeId)!;
      expect(usesOfBuyer(buyerOf(verdict))).toBeLessThanOrEqual(perBuyerLimit ?? Infinity);
    }
    const refused = of('OrderRejected').flatMap(({ data }) =>
      data.reason === 'total_limit_reached' ? [data.codeId!] : [],
    );
    expect(refused.length).toBeGreaterThan(0);
    for (const codeId of refused)
      expect(usesEver(codeId)).toBeGreaterThanOrEqual(limits.get(codeId)!.totalLimit!);
  });
}

function itFinishedWork(after: () => Aftermath, of: Events): void {
  it('issued every requested code once, with the texts that it promised', () => {
    const issued = new Map<string, string[]>();
    for (const { data } of of('CodeIssued')) {
      const request = `${data.taskId} ${data.requestId}`;
      const texts = issued.get(request) ?? [];
      expect(texts[data.index]).toBeUndefined();
      texts[data.index] = data.text;
      issued.set(request, texts);
    }
    for (const { texts } of after().loads)
      for (const [request, promised] of texts) expect(issued.get(request)).toEqual(promised);
    for (const { data } of of('CodesRequested'))
      expect(issued.get(`${data.taskId} ${data.requestId}`)).toHaveLength(data.count);
  });

  it('opened one task for each code that was enabled', () => {
    const opened = of('TaskOpened').map(({ data }) => data.codeId);
    expect(twice(opened)).toEqual([]);
    const enabled = after().loads.flatMap((load) => [...load.enabled]);
    expect(enabled.filter((codeId) => !opened.includes(codeId))).toEqual([]);
  });
}

function itReadsAsReplayed(after: () => Aftermath): void {
  it('balances, and its read models are those of a replay from zero, on every node', () => {
    const { nodes, events } = after();
    const [first] = nodes;
    expect(first!.replayed.length).toBeGreaterThan(5);
    for (const { isBalanced, replayed } of nodes) {
      expect(isBalanced).toBe(true);
      for (const { projection, logIndex, oldHash, newHash } of replayed)
        expect([projection, logIndex, oldHash]).toEqual([projection, events.length - 1, newHash]);
      expect(replayed).toEqual(first!.replayed);
    }
  });
}

function twice(keys: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return keys.filter((key) => seen.size === seen.add(key).size);
}
