// How every line of the file ended, in lines and in money: four endings, with the reasons as the
// ledger gave them. The four must add up to the file's own totals.
import type { Fact } from './facts.ts';
import type { BulkAnswer } from '../ledger.ts';

export const ENDINGS = ['attributed', 'refused', 'refund_applied', 'nothing_to_reverse'] as const;
export type Ending = (typeof ENDINGS)[number];

export interface Bucket {
  readonly ending: Ending;
  /** Empty when all went well. */
  readonly reason: string;
  readonly facts: number;
  readonly lines: number;
  readonly minor: bigint;
}

/** What an answer means for the lines of its fact; undefined when nothing is known to be stored. */
export function endingOf(
  { isRefund }: Fact,
  answer: BulkAnswer,
): { ending: Ending; reason: string } | undefined {
  const reason = answer.code ?? '';
  switch (answer.outcome) {
    case 'attributed':
      return { ending: 'attributed', reason: '' };
    case 'refunded':
      return { ending: 'refund_applied', reason: '' };
    case 'parked':
      return { ending: 'nothing_to_reverse', reason: 'no_earlier_purchase' };
    case 'rejected':
    case 'refund_refused':
      return { ending: 'refused', reason };
    case 'refused':
      return {
        ending: isOfRejectedOrder(isRefund, reason) ? 'nothing_to_reverse' : 'refused',
        reason,
      };
    case 'invalid':
      return { ending: 'refused', reason: [reason, ...pointersOf(answer)].join(' ') };
    default:
      return undefined;
  }
}

const isOfRejectedOrder = (isRefund: boolean, reason: string) =>
  isRefund && reason === 'order_must_be_attributed';

/** `/lines/3/quantity` as `/lines/#/quantity`: which field, not which line. */
const pointersOf = ({ pointers = [] }: BulkAnswer) => [
  ...new Set(pointers.map(({ pointer }) => pointer.replaceAll(/\/\d+(?=\/|$)/g, '/#'))),
];

export class Tally {
  private readonly buckets = new Map<string, Bucket>();

  add(fact: Fact, ended: { readonly ending: Ending; readonly reason: string }): void {
    const key = `${ended.ending} ${ended.reason}`;
    const before = this.buckets.get(key) ?? { ...ended, facts: 0, lines: 0, minor: 0n };
    this.buckets.set(key, {
      ...before,
      facts: before.facts + 1,
      lines: before.lines + fact.lines,
      minor: before.minor + fact.minor,
    });
  }

  /** In order of ending, then reason. */
  list(): readonly Bucket[] {
    return [...this.buckets.values()].sort(
      (a, b) =>
        ENDINGS.indexOf(a.ending) - ENDINGS.indexOf(b.ending) || (a.reason < b.reason ? -1 : 1),
    );
  }

  get lines(): number {
    return this.list().reduce((sum, { lines }) => sum + lines, 0);
  }

  get minor(): bigint {
    return this.list().reduce((sum, { minor }) => sum + minor, 0n);
  }
}
