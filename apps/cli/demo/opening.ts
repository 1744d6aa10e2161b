// Brings the demo's market into the ledger, command by command: programme, sellers, codes with
// their switch and plan, activities, influencers, agencies with members, applications, issued
// codes.
import { demand, type Ledger } from '../ledger.ts';
import * as requests from '../requests.ts';
import { APRIL, CODES_UNTIL, PERIODS } from './calendar.ts';
import type { IssuedText } from './feed.ts';
import { ACTIVITIES, type DemoApplication, type DemoCode, type Market } from './market.ts';

export const HOLD_DAYS = 7;

const RULES = {
  firstPeriod: PERIODS[0],
  graceHours: 72,
  holdDays: HOLD_DAYS,
  confirmationLimitDays: 180,
} as const;

/** The texts that were issued, in the order of the market's applications. */
export async function openDemoMarket(
  ledger: Ledger,
  market: Market,
  onProgress: (done: number, total: number) => void,
): Promise<IssuedText[]> {
  const { sellers, codes, individuals, agencies, applications } = market;
  const influencers = individuals.length + agencies.length;
  const total = sellers.length + codes.length + influencers + applications.length;
  let done = 0;
  const onDone = () => onProgress((done += 1), total);
  const send = (request: Parameters<typeof demand>[1]) => demand(ledger, request);

  await send(requests.setRules(RULES));
  for (const activityId of ACTIVITIES) await send(requests.publish(activityOf(activityId)));
  await requests.inParallel(
    sellers,
    async ({ sellerId }) => {
      await send(requests.join(sellerId));
      await send(requests.enrol(sellerId));
    },
    { onDone },
  );
  await requests.inParallel(codes, (code) => openCode(ledger, code), { onDone });
  await requests.inParallel(individuals, (id) => send(requests.register(id)), { onDone });
  await requests.inParallel(
    agencies,
    async ({ agencyId, members }) => {
      await send(requests.register(agencyId, 'agency'));
      for (const member of members) await send(requests.sign(agencyId, member));
    },
    { onDone },
  );
  const issued: IssuedText[][] = [];
  await requests.inParallel(
    [...applications.entries()],
    async ([place, application]) => {
      issued[place] = await applied(ledger, application);
    },
    { onDone },
  );
  return issued.flat();
}

const activityOf = (activityId: string): requests.Activity => ({
  activityId,
  name: activityId.replaceAll('_', ' '),
  channel: activityId,
  applicationClosesAt: CODES_UNTIL,
});

async function openCode(ledger: Ledger, demoCode: DemoCode): Promise<void> {
  const { codeId, seller, rules, terms, newTerms, activityId } = demoCode;
  const { sellerId } = seller;
  const code = { codeId, sellerId, rules };
  await demand(ledger, requests.createCode(code));
  await demand(ledger, requests.enable(code, terms));
  if (newTerms) {
    const change = { terms: newTerms, effectiveFrom: APRIL };
    await demand(ledger, requests.changePlan(code, change));
  }
  if (activityId === undefined) return;
  await demand(ledger, requests.enter(activityId, codeId, sellerId));
  // The platform takes what is storewide and declines the rest.
  const isTaken = rules.codeType === 'storewide';
  const judged = isTaken
    ? requests.acceptEntry(activityId, codeId)
    : requests.declineEntry(activityId, codeId, 'only storewide codes');
  await demand(ledger, judged);
}

async function applied(
  ledger: Ledger,
  { influencerId, code, codes, members }: DemoApplication,
): Promise<IssuedText[]> {
  const taskId = requests.taskOf(code.codeId);
  await demand(ledger, requests.apply(taskId, influencerId));
  const asked = { requestId: 'demo', count: codes };
  const texts = await requests.requestCodes(ledger, { taskId, influencerId }, asked);
  for (const [place, member] of members.entries()) {
    const text = texts[place];
    if (text !== undefined) await demand(ledger, requests.assign(text, influencerId, member));
  }
  return texts.map((text) => ({ text, code, payeeId: influencerId }));
}
