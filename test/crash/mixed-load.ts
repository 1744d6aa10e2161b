// Orders, refunds, confirmations, code requests and codes made and enabled, all at once and for
// ever new, from a seed. Remembers the first answer to everything, and what was never answered.
import type { BulkAnswer } from '#api/commands/bulk/bulk-answer.ts';
import type { ServiceProcess } from './service-process.ts';

const PAID_AT = '2026-01-05T10:00:00.000Z';
const LINES_IN_A_FEED = 400;
const CODES_IN_A_REQUEST = 7;

export const TOTAL_LIMIT = 60;
export const BUYER_LIMIT = 3;
const BUYERS = 40;

export interface Line {
  readonly type: string;
  readonly sellerId: string;
  readonly orderId: string;
}

export class MixedLoad {
  /** By the JSON of what was asked: the same again must get the same answer. */
  readonly answers = new Map<string, BulkAnswer>();
  readonly #unanswered = new Map<string, Line>();
  /** By request id. */
  readonly texts = new Map<string, readonly string[]>();
  readonly requested = new Set<string>();
  readonly enabled = new Set<string>();
  /** Where a repeat was answered otherwise than the first time. */
  readonly contradictions: string[] = [];
  #texts: readonly string[] = [];
  #isOver = false;
  #orders = 0;
  #requests = 0;
  #codes = 0;
  #random: number;

  constructor(seed: number) {
    this.#random = seed;
  }

  /** Rules, a seller, an agency, and three codes: one limited in all, one per buyer, one not. */
  async open(service: ServiceProcess): Promise<void> {
    const rules = {
      firstPeriod: '2026-01',
      graceHours: 72,
      holdDays: 7,
      confirmationLimitDays: 180,
    };
    await demand(service, 'PUT', '/programme/rules', { ...rules, occurredAt: START });
    await demand(service, 'POST', '/sellers', { sellerId: 's1', occurredAt: START });
    await demand(service, 'POST', '/sellers/s1/enrol', { occurredAt: START });
    const agency = { influencerId: 'agency', kind: 'agency', occurredAt: START };
    await demand(service, 'POST', '/influencers', agency);
    const texts: string[] = [];
    const limits = [{ totalLimit: TOTAL_LIMIT }, { perBuyerLimit: BUYER_LIMIT }, {}];
    for (const [n, limit] of limits.entries()) {
      await this.#enable(service, `c${n}`, limit);
      const application = { influencerId: 'agency', occurredAt: START };
      await demand(service, 'POST', `/tasks/c${n}.default/applications`, application);
      const path = `/tasks/c${n}.default/applications/agency/codes`;
      const issued = await demand(service, 'POST', path, {
        ...{ requestId: 'first', count: 1, occurredAt: START },
      });
      texts.push(issued.texts[0]);
    }
    this.#texts = texts;
  }

  /** Until the service is gone or `stop` is called. */
  async run(service: ServiceProcess): Promise<void> {
    this.#isOver = false;
    await Promise.all([
      this.#again(() => this.#feed(service)),
      this.#again(() => this.#feed(service)),
      this.#again(() => this.#order(service)),
      this.#again(() => this.#requestCodes(service)),
      this.#again(() => this.#newCode(service)),
    ]);
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Everything that was ever sent, once more: what was answered must be answered the same. */
  async repeat(service: ServiceProcess): Promise<void> {
    const lines = [...this.answers.keys()].map((asked) => JSON.parse(asked) as Line);
    lines.push(...this.#unanswered.values());
    await this.#sendFeed(service, lines);
    for (const requestId of this.requested) await this.#request(service, requestId);
  }

  get unanswered(): number {
    return this.#unanswered.size;
  }

  async #again(step: () => Promise<boolean>): Promise<void> {
    while (!this.#isOver) if (!(await step())) return;
  }

  async #feed(service: ServiceProcess): Promise<boolean> {
    const again = [...this.#unanswered.values()].slice(0, LINES_IN_A_FEED / 2);
    const fresh = Array.from({ length: LINES_IN_A_FEED - again.length }, () => this.#line());
    return this.#sendFeed(service, [...again, ...fresh]);
  }

  async #sendFeed(service: ServiceProcess, lines: readonly Line[]): Promise<boolean> {
    for (const line of lines) this.#asked(line);
    const ended = await service.feed(lines, (answer) => {
      const line = lines[answer.line - 1];
      if (line) this.#answered(line, answer);
    });
    return ended === 'ended';
  }

  async #order(service: ServiceProcess): Promise<boolean> {
    const line = this.#newOrder();
    this.#asked(line);
    const { type, ...body } = line;
    const reply = await service.send('POST', '/orders', body);
    if (!reply) return false;
    const { outcome, reason: code, event, commission } = reply.body;
    this.#answered(line, { line: 1, outcome, code, event, commission });
    return true;
  }

  async #requestCodes(service: ServiceProcess): Promise<boolean> {
    this.#requests += 1;
    return this.#request(service, `r${this.#requests}`);
  }

  async #request(service: ServiceProcess, requestId: string): Promise<boolean> {
    this.requested.add(requestId);
    const body = { requestId, count: CODES_IN_A_REQUEST };
    const path = '/tasks/c2.default/applications/agency/codes';
    const reply = await service.send('POST', path, body);
    if (!reply) return false;
    const { texts } = reply.body as { readonly texts: readonly string[] };
    const first = this.texts.get(requestId) ?? texts;
    this.texts.set(requestId, first);
    if (String(first) !== String(texts)) this.contradictions.push(`${requestId}: ${texts}`);
    return true;
  }

  async #newCode(service: ServiceProcess): Promise<boolean> {
    this.#codes += 1;
    try {
      await this.#enable(service, `extra${this.#codes}`, {});
      return true;
    } catch {
      return false;
    }
  }

  async #enable(service: ServiceProcess, codeId: string, limits: object): Promise<void> {
    await demand(service, 'POST', '/codes', { ...CODE, codeId, ...limits });
    const enabling = { ...ENABLING, occurredAt: START };
    await demand(service, 'POST', `/codes/${codeId}/affiliate/enable`, enabling);
    this.enabled.add(codeId);
  }

  #asked(line: Line): void {
    const asked = JSON.stringify(line);
    if (!this.answers.has(asked)) this.#unanswered.set(asked, line);
  }

  #answered(line: Line, { outcome, code, event, commission }: BulkAnswer): void {
    const asked = JSON.stringify(line);
    this.#unanswered.delete(asked);
    const answer = { line: 0, outcome, code, event, commission } as BulkAnswer;
    const first = this.answers.get(asked) ?? answer;
    this.answers.set(asked, first);
    // What was refused stored nothing, and may be right later.
    if (first.outcome === 'refused') this.answers.set(asked, answer);
    else if (JSON.stringify(first) !== JSON.stringify(answer))
      this.contradictions.push(`${asked}: ${JSON.stringify([first, answer])}`);
  }

  #line(): Line {
    const dice = this.#below(10);
    if (dice < 6 || this.#orders < 3) return this.#newOrder();
    // Of an order that came, or of one that will come only later.
    const orderId = `o${1 + this.#below(this.#orders + 5)}`;
    const fact = { sellerId: 's1', orderId, occurredAt: PAID_AT };
    if (dice < 7) return { type: 'confirmation', ...fact };
    const refundId = `r${this.#below(3)}`;
    const refund = { kind: 'amount', amountMinor: String(100 * (1 + this.#below(30))) };
    return { type: 'refund', ...fact, refundId, currency: 'USD', refund } as Line;
  }

  #newOrder(): Line {
    this.#orders += 1;
    const paid = 1_000 + this.#below(9_000);
    const lines = [
      { lineId: '1', productId: 'p', quantity: 1, listMinor: `${paid}`, paidMinor: `${paid}` },
    ];
    const code = this.#below(20) === 0 ? 'NEVER123' : this.#texts[this.#below(3)];
    const buyerId = `b${this.#below(BUYERS)}`;
    const order = { sellerId: 's1', orderId: `o${this.#orders}`, code, currency: 'USD', buyerId };
    return { type: 'order', ...order, paidAt: PAID_AT, lines } as Line;
  }

  /** A linear congruential generator: enough to mix, and the same for the same seed. */
  #below(end: number): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#random / 2 ** 32) * end);
  }
}

const START = '2026-01-01T00:00:00.000Z';

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

const ENABLING = { defaultChannel: {}, reward: { kind: 'rate', rateBps: 1_000 } };

async function demand(service: ServiceProcess, method: string, path: string, body: object) {
  const reply = await service.send(method, path, body);
  if (reply?.status === 200) return reply.body;
  throw new Error(`${method} ${path}: ${JSON.stringify(reply)}`);
}
