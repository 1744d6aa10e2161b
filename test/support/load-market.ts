// What a load needs before it can run, set up through HTTP as callers would: rules, a seller, an
// agency, codes that are switched on and texts that lead to them. Doing it again changes nothing.
import type { Answered, Service } from './service-process.ts';

const START = '2026-01-01T00:00:00.000Z';

const RULES = { firstPeriod: '2026-01', graceHours: 72, holdDays: 7, confirmationLimitDays: 180 };

const CODE = {
  sellerId: 's1',
  name: 'Ten off',
  discount: { kind: 'percentage', percentBps: 1_000 },
  minimumSpend: { amount: '0', currency: 'USD' },
  codeType: 'storewide',
  redeemableFrom: START,
  redeemableUntil: '2027-01-01T00:00:00.000Z',
  occurredAt: START,
};

const ENABLING = {
  defaultChannel: {},
  reward: { kind: 'rate', rateBps: 1_000 },
  occurredAt: START,
};

/** The connection broke, or the answer is not that it was done. */
export class NotDone extends Error {
  override readonly name = 'NotDone';
  readonly reply: Answered | undefined;

  constructor(asked: string, reply: Answered | undefined) {
    super(`${asked}: ${JSON.stringify(reply)}`);
    this.reply = reply;
  }
}

/** The body of what had to go well. Rejects with NotDone. */
export async function demand(service: Service, method: string, path: string, body?: object) {
  const reply = await service.send(method, path, body);
  if (reply?.status === 200) return reply.body;
  throw new NotDone(`${method} ${path}`, reply);
}

/** Rules, a seller in the programme, an agency. */
export async function openLoadMarket(service: Service): Promise<void> {
  await demand(service, 'PUT', '/programme/rules', { ...RULES, occurredAt: START });
  await demand(service, 'POST', '/sellers', { sellerId: 's1', occurredAt: START });
  await demand(service, 'POST', '/sellers/s1/enrol', { occurredAt: START });
  const agency = { influencerId: 'agency', kind: 'agency', occurredAt: START };
  await demand(service, 'POST', '/influencers', agency);
}

/** A code with its switch on and an open task. */
export async function enableCode(service: Service, codeId: string, limits: object): Promise<void> {
  await demand(service, 'POST', '/codes', { ...CODE, codeId, ...limits });
  await demand(service, 'POST', `/codes/${codeId}/affiliate/enable`, ENABLING);
}

/** A text of the agency's that leads to the code. */
export async function issueText(service: Service, codeId: string): Promise<string> {
  const applications = `/tasks/${codeId}.default/applications`;
  await demand(service, 'POST', applications, { influencerId: 'agency', occurredAt: START });
  const request = { requestId: 'first', count: 1, occurredAt: START };
  const { texts } = await demand(service, 'POST', `${applications}/agency/codes`, request);
  return texts[0];
}
