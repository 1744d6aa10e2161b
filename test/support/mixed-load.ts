// Orders, refunds, confirmations, code requests and codes made and enabled, all at once and for
// ever new, from a seed. Remembers the first answer to everything, and what was never answered:
// what an outage failed, or a kill cut off, is sent again until it is answered.
import type { BulkAnswer } from '#api/commands/bulk/bulk-answer.ts';
import { DrawnLines, type Line } from './drawn-lines.ts';
import { enableCode, issueText, NotDone, openLoadMarket } from './load-market.ts';
import type { Answered, Service } from './service-process.ts';

const CODES_IN_A_REQUEST = 7;

/** While nobody answers, no more is asked for than this. */
const MOST_UNANSWERED = 2_000;

const TOTAL_LIMIT = 60;
const BUYER_LIMIT = 3;

/** Of the newest code: it is used up soon, and then another takes its place. */
const NEWEST = { totalLimit: 25, perBuyerLimit: 2 };

/** Before what an outage failed is sent again. */
const PAUSE_MS = 50;
const REPEATS = 40;
const ANSWERED_WITHIN_MS = 60_000;

/**
 * What an answer may fail with, and be tried again. The last is one node's clock, read before its
 * sibling stored a fact, when it comes to the stream behind that.
 */
const PASSING: ReadonlySet<unknown> = new Set([
  'outcome_must_be_known',
  'store_must_be_available',
  'occurred_at_must_not_precede_last_fact',
]);

export interface LoadOptions {
  /** Keeps it apart from other loads on the same ledger. */
  readonly name?: string;
  readonly linesInAFeed?: number;
  /** Before each step: less load, and quicker answers. */
  readonly restMs?: number;
}

/** What is kept of an answer. */
type Told = Pick<BulkAnswer, 'outcome' | 'event' | 'commission'> & {
  readonly code?: string | undefined;
  readonly position?: string | undefined;
};

/** An answer that names what is stored. */
export interface Acknowledged {
  readonly event: string;
  readonly position: string;
}

export class MixedLoad {
  /** By the JSON of what was asked: the same again must get the same answer. */
  readonly answers = new Map<string, BulkAnswer>();
  readonly #unanswered = new Map<string, Line>();
  /** By task and request id. */
  readonly texts = new Map<string, readonly string[]>();
  readonly requested = new Set<string>();
  readonly enabled = new Set<string>();
  readonly acknowledged: Acknowledged[] = [];
  /** Where a repeat was answered otherwise than the first time. */
  readonly contradictions: string[] = [];
  /** Answers that are neither right nor an outage's. */
  readonly faults: string[] = [];
  /** How often that was answered, by its code. */
  readonly outages = new Map<string, number>();
  /** Requests whose connection broke before they were answered. */
  cutOff = 0;
  readonly #name: string;
  readonly #linesInAFeed: number;
  readonly #restMs: number;
  #isOver = false;
  #requests = 0;
  #codes = 0;
  readonly #drawn: DrawnLines;

  constructor(seed: number, { name = '', linesInAFeed = 400, restMs = 0 }: LoadOptions = {}) {
    this.#drawn = new DrawnLines(seed, name);
    this.#name = name;
    this.#linesInAFeed = linesInAFeed;
    this.#restMs = restMs;
  }

  /** Rules, a seller, an agency; codes limited in all, per buyer, not at all, and in both. */
  async open(service: Service): Promise<void> {
    await openLoadMarket(service);
    const texts: string[] = [];
    const limits = [{ totalLimit: TOTAL_LIMIT }, { perBuyerLimit: BUYER_LIMIT }, {}];
    for (const [n, limit] of limits.entries()) {
      await this.#enable(service, `${this.#name}c${n}`, limit);
      texts.push(await issueText(service, `${this.#name}c${n}`));
    }
    this.#drawn.texts = texts;
    await this.#newCode(service);
  }

  /** Until `stop` is called. With several services, the same order comes to all of them at once. */
  async run(...services: readonly Service[]): Promise<void> {
    this.#isOver = false;
    const each = services.flatMap((service) => [
      this.#again(() => this.#feed(service)),
      this.#again(() => this.#feed(service)),
      this.#again(() => this.#requestCodes(service)),
      this.#again(() => this.#newCode(service)),
    ]);
    await Promise.all([...each, this.#again(() => this.#order(services))]);
  }

  /** Until so many different lines have their answer. */
  async answered(count: number): Promise<void> {
    const since = performance.now();
    while (this.answers.size < count) {
      if (performance.now() - since > ANSWERED_WITHIN_MS) throw new Error('nothing is answered');
      await pause(10);
    }
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Everything that was ever sent, once more: what was answered must be answered the same. */
  async repeat(service: Service): Promise<void> {
    const lines = [...this.answers.keys()].map((asked) => JSON.parse(asked) as Line);
    lines.push(...this.#unanswered.values());
    await this.#sendFeed(service, lines);
    for (let tries = 0; this.#unanswered.size > 0 && tries < REPEATS; tries += 1) {
      await pause(PAUSE_MS * tries);
      await this.#sendFeed(service, [...this.#unanswered.values()]);
    }
    for (const requestId of this.requested) await this.#request(service, requestId);
  }

  /** For people. */
  figures(): string {
    const events = new Set(this.acknowledged.map(({ event }) => event)).size;
    const unknown = this.outages.get('outcome_must_be_known') ?? 0;
    const unavailable = this.outages.get('store_must_be_available') ?? 0;
    return (
      `${events} events acknowledged, ${this.cutOff} requests cut off, ` +
      `answered unknown ${unknown}, unavailable ${unavailable}`
    );
  }

  get unanswered(): number {
    return this.#unanswered.size;
  }

  /** A step that was cut off, or failed by an outage, is followed by a pause. */
  async #again(step: () => Promise<boolean>): Promise<void> {
    while (!this.#isOver) {
      const isWhole = await step();
      const rest = isWhole ? this.#restMs : PAUSE_MS;
      if (rest > 0) await pause(rest);
    }
  }

  async #feed(service: Service): Promise<boolean> {
    const again = [...this.#unanswered.values()].slice(0, this.#linesInAFeed / 2);
    const isBehind = this.#unanswered.size > MOST_UNANSWERED;
    const length = isBehind ? 0 : this.#linesInAFeed - again.length;
    const fresh = Array.from({ length }, () => this.#drawn.line());
    return this.#sendFeed(service, [...again, ...fresh]);
  }

  async #sendFeed(service: Service, lines: readonly Line[]): Promise<boolean> {
    for (const line of lines) this.#asked(line);
    let isWhole = true;
    const ended = await service.feed(lines, (answer) => {
      const line = lines[answer.line - 1]!;
      if (answer.outcome === 'failed') isWhole = this.#failed(answer.code);
      else this.#answered(line, answer);
    });
    if (ended === 'broken') this.cutOff += 1;
    return ended === 'ended' && isWhole;
  }

  async #order(services: readonly Service[]): Promise<boolean> {
    const line = this.#drawn.order();
    this.#asked(line);
    const { type, ...body } = line;
    const replies = await Promise.all(services.map((to) => to.send('POST', '/orders', body)));
    for (const reply of replies) {
      if (!this.#isDone(reply)) continue;
      const { outcome, reason: code, event, commission } = reply.body;
      const answer = { line: 1, outcome, code, event, commission, position: reply.position };
      this.#answered(line, answer);
    }
    return replies.every((reply) => reply?.status === 200);
  }

  async #requestCodes(service: Service): Promise<boolean> {
    this.#requests += 1;
    return this.#request(service, `r${this.#requests}`);
  }

  async #request(service: Service, requestId: string): Promise<boolean> {
    this.requested.add(requestId);
    const body = { requestId, count: CODES_IN_A_REQUEST };
    const taskId = `${this.#name}c2.default`;
    const path = `/tasks/${taskId}/applications/agency/codes`;
    const reply = await service.send('POST', path, body);
    if (!this.#isDone(reply)) return false;
    const { texts } = reply.body as { readonly texts: readonly string[] };
    const key = `${taskId} ${requestId}`;
    const first = this.texts.get(key) ?? texts;
    this.texts.set(key, first);
    if (String(first) !== String(texts)) this.contradictions.push(`${key}: ${texts}`);
    return true;
  }

  async #newCode(service: Service): Promise<boolean> {
    const codeId = `${this.#name}extra${(this.#codes += 1)}`;
    try {
      await this.#enable(service, codeId, NEWEST);
      if (this.#drawn.wantsNewest) this.#drawn.newest = await issueText(service, codeId);
      return true;
    } catch (error) {
      if (!(error instanceof NotDone)) throw error;
      return this.#isDone(error.reply);
    }
  }

  async #enable(service: Service, codeId: string, limits: object): Promise<void> {
    await enableCode(service, codeId, limits);
    this.enabled.add(codeId);
  }

  /** Anything but what passes, or a connection that broke, is a fault. */
  #isDone(reply: Answered | undefined): reply is Answered {
    if (reply?.status === 200) return true;
    if (reply) this.#failed(reply.body.code);
    else this.cutOff += 1;
    return false;
  }

  #failed(code: unknown): false {
    if (PASSING.has(code)) this.outages.set(`${code}`, (this.outages.get(`${code}`) ?? 0) + 1);
    else this.faults.push(String(code));
    return false;
  }

  #asked(line: Line): void {
    const asked = JSON.stringify(line);
    if (!this.answers.has(asked)) this.#unanswered.set(asked, line);
  }

  #answered(line: Line, told: Told): void {
    const { outcome, code, event, commission, position } = told;
    const asked = JSON.stringify(line);
    this.#unanswered.delete(asked);
    if (event !== undefined) this.acknowledged.push({ event, position: String(position) });
    const answer = { line: 0, outcome, code, event, commission } as BulkAnswer;
    const first = this.answers.get(asked) ?? answer;
    this.answers.set(asked, first);
    // What was refused stored nothing, and may be right later.
    if (first.outcome === 'refused') this.answers.set(asked, answer);
    else if (JSON.stringify(first) !== JSON.stringify(answer))
      this.contradictions.push(`${asked}: ${JSON.stringify([first, answer])}`);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
