// The configuration requests that the import and the demo make: each is one call of the API,
// spelled in one place. All may be made again; those without an id of their own carry an
// idempotency key.
import type { CodeRules } from '#ledger/promo-code.events.ts';
import type { ProgrammeRules } from '#ledger/programme.events.ts';
import type { RewardTerms } from '#ledger/reward.ts';
import { DEFAULT_CHANNEL, taskIdOf } from '#ledger/streams.ts';
import type { Timestamp } from '#ledger/values.ts';
import { z } from 'zod';
import { demand, type Ledger, type Request } from './ledger.ts';

const post = (path: string, body: object = {}, idempotencyKey?: string): Request => ({
  ...{ method: 'POST', path, body },
  ...(idempotencyKey !== undefined && { idempotencyKey }),
});

const money = (amount: string, currency: string) => ({ amount, currency });

/** When it happened; left out, the ledger's clock says. */
export interface When {
  readonly occurredAt?: Timestamp;
}

export const setRules = (rules: ProgrammeRules, when: When = {}): Request => ({
  method: 'PUT',
  path: '/programme/rules',
  body: { ...rules, ...when },
});

export const join = (sellerId: string, when: When = {}) => post('/sellers', { sellerId, ...when });

export const enrol = (sellerId: string, when: When = {}) =>
  post(`/sellers/${sellerId}/enrol`, when);

export const register = (
  influencerId: string,
  kind: 'individual' | 'agency' = 'individual',
  when: When = {},
) => post('/influencers', { influencerId, kind, ...when });

export const sign = (agencyId: string, memberId: string) =>
  post(`/influencers/${agencyId}/members`, { memberId });

export interface NewCode {
  readonly codeId: string;
  readonly sellerId: string;
  readonly rules: CodeRules;
}

export function createCode({ codeId, sellerId, rules }: NewCode, when: When = {}): Request {
  const { currency, minimumSpendMinor, discount, ...rest } = rules;
  return post('/codes', {
    ...{ codeId, sellerId, ...rest, ...when },
    minimumSpend: money(minimumSpendMinor, currency),
    discount:
      discount.kind === 'percentage'
        ? discount
        : { kind: 'amount', amount: money(discount.amountMinor, currency) },
  });
}

const reward = (terms: RewardTerms, currency: string) =>
  terms.kind === 'rate' ? terms : { kind: terms.kind, fee: money(terms.feeMinor, currency) };

/** Switches a code on for affiliates, with its first plan, and opens its default channel's task. */
export const enable = (
  { codeId, rules }: Pick<NewCode, 'codeId' | 'rules'>,
  terms: RewardTerms,
  when: When = {},
) =>
  post(
    `/codes/${codeId}/affiliate/enable`,
    { defaultChannel: {}, reward: reward(terms, rules.currency), ...when },
    `enable-${codeId}`,
  );

export interface PlanChange extends When {
  readonly terms: RewardTerms;
  readonly effectiveFrom: Timestamp;
}

export const changePlan = (
  { codeId, rules }: Pick<NewCode, 'codeId' | 'rules'>,
  { terms, effectiveFrom, ...when }: PlanChange,
) =>
  post(
    `/codes/${codeId}/reward-plan`,
    { reward: reward(terms, rules.currency), effectiveFrom, ...when },
    `plan-${codeId}-${effectiveFrom}`,
  );

export const taskOf = (codeId: string) => taskIdOf(codeId, DEFAULT_CHANNEL);

export const apply = (taskId: string, influencerId: string, when: When = {}) =>
  post(`/tasks/${taskId}/applications`, { influencerId, ...when });

export interface CodesAsked extends When {
  readonly requestId: string;
  readonly count: number;
}

const Texts = z.looseObject({ texts: z.array(z.string()) });

/** The texts that this request is issued: the same again for the same request id. */
export async function requestCodes(
  ledger: Ledger,
  { taskId, influencerId }: { readonly taskId: string; readonly influencerId: string },
  asked: CodesAsked,
): Promise<readonly string[]> {
  const path = `/tasks/${taskId}/applications/${influencerId}/codes`;
  return Texts.parse(await demand(ledger, post(path, asked))).texts;
}

export const assign = (text: string, payeeId: string, promoterId: string) =>
  post(`/issued-codes/${text}/assign`, { payeeId, promoterId });

export interface Activity {
  readonly activityId: string;
  readonly name: string;
  readonly channel: string;
  readonly applicationClosesAt: Timestamp;
}

export const publish = (activity: Activity) => post('/activities', activity);

export const enter = (activityId: string, codeId: string, sellerId: string) =>
  post(`/activities/${activityId}/entries`, { codeId, sellerId });

export const acceptEntry = (activityId: string, codeId: string) =>
  post(`/activities/${activityId}/entries/${codeId}/accept`);

export const declineEntry = (activityId: string, codeId: string, reason: string) =>
  post(`/activities/${activityId}/entries/${codeId}/decline`, { reason });

export const disable = (codeId: string) => post(`/codes/${codeId}/affiliate/disable`);
export const pause = (codeId: string) => post(`/codes/${codeId}/pause`);
export const resume = (codeId: string) => post(`/codes/${codeId}/resume`);
export const closeCode = (codeId: string) => post(`/codes/${codeId}/close`);
export const leave = (sellerId: string) => post(`/sellers/${sellerId}/leave`);

export const suspend = (influencerId: string, reason: string) =>
  post(`/influencers/${influencerId}/suspend`, { reason });

/** Runs work on a list, so many at a time, in no promised order. */
export async function inParallel<T>(
  list: readonly T[],
  work: (item: T) => Promise<unknown>,
  { atOnce = 64, onDone = () => undefined }: ParallelOptions = {},
): Promise<void> {
  let next = 0;
  let done = 0;
  const worker = async () => {
    for (let place = next++; place < list.length; place = next++) {
      await work(list[place]!);
      onDone((done += 1));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, list.length) }, worker));
}

interface ParallelOptions {
  readonly atOnce?: number;
  readonly onDone?: (done: number) => void;
}
