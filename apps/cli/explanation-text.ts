// An order's explanation for people: what was decided, every step with its arithmetic, and where
// the order's money stands now.
import type { OrderExplanation, StepExplanation } from '#ledger/explain.ts';
import type { EarnedOnNet, MovementExplanation } from '#ledger/explain-movement.ts';
import { major, table } from './terminal.ts';

export function explanationText(name: string, explanation: OrderExplanation): string {
  const { status, rejection, attribution, steps, parked, balances } = explanation;
  return [
    `Order ${name} is ${status}.`,
    ...(rejection ? [`Rejected: ${rejection.reason}.`] : []),
    ...(attribution ? attributionLines(attribution) : []),
    ...steps.flatMap(stepLines),
    ...parked.map(
      ({ event, kind, refundId, effect }) =>
        `Parked ${kind}${refundId ? ` ${refundId}` : ''} (${event}): ` +
        `${effect.replaceAll('_', ' ')}.`,
    ),
    ...(balances.length > 0
      ? [
          '',
          'What the order has left on each account:',
          table(
            ['account', ' balance', ''],
            balances.map(({ account, currency, amountMinor }) => [
              ...[account, major(amountMinor, currency), currency],
            ]),
          ),
        ]
      : []),
  ].join('\n');
}

type Attribution = NonNullable<OrderExplanation['attribution']>;

function attributionLines(attribution: Attribution): string[] {
  const { verdict, lines, eligibleNetMinor, earnsMinor, reservation } = attribution;
  const { currency, plan, text, codeId, payeeId, promoterId, paidAt } = verdict;
  const since = attribution.planInForceSince;
  const amount = (minor: string) => major(minor, currency);
  return [
    `Code ${text} (${codeId}) of ${payeeId}${promoterId ? `, promoted by ${promoterId}` : ''}.`,
    `Paid ${paidAt}; the verdict is ${reservation}.`,
    `Plan version ${plan.version}: ${planText(plan, currency)}` +
      (since ? `, in force since ${since}.` : '.'),
    '',
    table(
      ['line', 'product', 'eligible', ' paid', ' remains', ` earns ${currency}`],
      lines.map(({ lineId, productId, eligible, paidMinor, remainingMinor, earns }) => [
        ...[lineId, productId, eligible ? 'yes' : 'no', amount(paidMinor), amount(remainingMinor)],
        earns ? amount(earns.roundedMinor) : '',
      ]),
    ),
    `Eligible net ${amount(eligibleNetMinor)}, commission ${amount(earnsMinor)} ${currency}` +
      `${attribution.isConfirmed ? '' : ' (an estimate: not confirmed)'}` +
      `${attribution.isHeld ? ', held' : ''}.`,
    ...(attribution.clearsAt ? [`Its confirmed commission clears ${attribution.clearsAt}.`] : []),
  ];
}

function planText(plan: Attribution['verdict']['plan'], currency: string): string {
  if (plan.kind === 'rate') return `${plan.rateBps / 100} % of what the buyer pays`;
  return `${major(plan.feeMinor, currency)} ${currency} for each use`;
}

function stepLines(step: StepExplanation): string[] {
  const { event, type, occurredAt, recordedAt, actor, movement, clearing, postings } = step;
  return [
    '',
    `${type}  ${event}`,
    `  happened ${occurredAt}, recorded ${recordedAt} by ${actor}`,
    ...(movement ? movementLines(movement) : []),
    ...(clearing?.reasons ?? []).map(
      ({ what, at }) => `  clears no sooner than ${at}: ${what.replaceAll('_', ' ')}`,
    ),
    ...postings.map(
      ({ account, currency, amountMinor }) =>
        `  posts ${major(amountMinor, currency)} ${currency} to ${account}`,
    ),
  ];
}

function movementLines(movement: MovementExplanation): string[] {
  const { lines, fee, plan, currency, amountMinor, recomputedMinor } = movement;
  const amount = (minor: string) => major(minor, currency);
  const rate = plan.kind === 'rate' ? `${plan.rateBps} basis points` : '';
  const told = ({ netMinor, exactMinor, roundedMinor }: EarnedOnNet) =>
    `${netMinor} × ${rate} = ${exactMinor} → ${roundedMinor}`;
  return [
    ...lines.map(
      ({ lineId, before, after, changeMinor }) =>
        `  line ${lineId}: before ${told(before)}; after ${told(after)}; change ${changeMinor}`,
    ),
    ...(fee
      ? [
          `  fee: eligible net ${fee.netBeforeMinor} earned ${fee.earnedBeforeMinor}, ` +
            `${fee.netAfterMinor} earns ${fee.earnedAfterMinor}`,
        ]
      : []),
    `  amount ${amount(amountMinor)} ${currency}` +
      (recomputedMinor === amountMinor ? ', worked out again: the same' : ', RECOMPUTED OTHERWISE'),
  ];
}
