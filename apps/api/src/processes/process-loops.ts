// Every process manager with what wakes it and what it settles. Commands settle what they imply at
// once; these loops finish what a crash, another node or a late read model left behind.
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { RedemptionReserved } from '#ledger/promo-code.events.ts';
import { promoCodeStream } from '#ledger/streams.ts';
import type { EventInStream } from '#event-store/transaction.ts';
import type { UnfinishedRow } from '#projections/unfinished/tables.ts';
import type { Follower } from '../follower/follower.ts';
import { localContext } from '../http/command-context.ts';
import { CLOCK, type Clock, FOLLOWER } from '../wiring.ts';
import { CloseCodes } from './close-codes.ts';
import { finishRedemption } from './finish-redemption.ts';
import { Hints } from './hints.ts';
import { IssueCodes } from './issue-codes.ts';
import { IssueStatements } from './issue-statements.ts';
import { OpenTasks } from './open-tasks.ts';
import { OrderDesk } from './order-desk.ts';
import { KeepDocuments } from './keep-documents.ts';
import { type Alarm, type Hint, ProcessLoop, type ProcessLoopParts } from './process-loop.ts';
import { settleParkedFacts } from './settle-parked-facts.ts';

type Kind = UnfinishedRow['kind'];
type Settle = (row: UnfinishedRow) => Promise<unknown>;

/** Commands that are under way finish their own work within this; the loops leave it to them. */
const GRACE_MS = 2_000;

@Injectable()
export class ProcessLoops implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log = new Logger('process');
  readonly #loops: readonly (ProcessLoop<UnfinishedRow> | ProcessLoop<Hint>)[];

  constructor(
    @Inject(FOLLOWER) private readonly follower: Follower,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly hints: Hints,
    private readonly desk: OrderDesk,
    private readonly tasks: OpenTasks,
    private readonly codes: CloseCodes,
    private readonly issuing: IssueCodes,
    private readonly statements: IssueStatements,
    private readonly documents: KeepDocuments,
  ) {
    this.#loops = [
      this.#loop('finish-redemptions', 'reservation', (row) => this.#finishRedemption(row)),
      this.#loop('settle-parked-facts', 'parked_facts', (row) => this.#settleParked(row)),
      this.#loop('open-tasks', 'task', (row) => this.#openTask(row)),
      this.#loop('close-codes', 'code_of_left_seller', (row) => this.#closeCode(row)),
      this.#loop('issue-codes', 'code_request', (row) => this.#issueCodes(row)),
      this.#loop('issue-statements', 'statement_run', (row) => this.#issueStatements(row)),
      this.#loopOf('keep-documents', {
        hints: () => this.documents.lacking(),
        settle: ({ key }) => this.documents.settle(key),
      }),
    ];
  }

  onApplicationBootstrap(): void {
    for (const loop of this.#loops) loop.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }

  /** What cannot be finished, as long as it cannot: readiness shows it. */
  alarms(): readonly Alarm[] {
    return this.#loops.flatMap((loop) => loop.alarms());
  }

  #loop(name: string, kind: Kind, settle: Settle): ProcessLoop<UnfinishedRow> {
    return this.#loopOf(name, {
      hints: () => this.hints.unfinished(kind),
      settle: async (row) => void (await settle(row)),
    });
  }

  #loopOf<H extends Hint>(
    name: string,
    work: Pick<ProcessLoopParts<H>, 'hints' | 'settle'>,
  ): ProcessLoop<H> {
    return new ProcessLoop({
      ...{ name, ...work },
      subscribe: (listener) => this.follower.onProgress(listener),
      onAlarm: ({ process, key, message }) => this.#log.error(`${process} ${key}: ${message}`),
      graceMs: GRACE_MS,
    });
  }

  #context(process: string) {
    return localContext(`process:${process}`, this.clock);
  }

  async #finishRedemption({ key, codeId }: UnfinishedRow): Promise<void> {
    const stream = promoCodeStream(named(codeId));
    const from = Number(key.slice(key.lastIndexOf('@') + 1));
    const [event] = await this.desk.log.readStream(stream, { from, limit: 1 });
    if (event?.type !== 'RedemptionReserved') throw new Error(`${key} is not a reservation`);
    const reserved = event as unknown as EventInStream<RedemptionReserved>;
    await finishRedemption(this.desk, reserved, this.#context('finish-redemptions'));
  }

  #settleParked({ key }: UnfinishedRow) {
    return settleParkedFacts(this.desk.runner, key, this.#context('settle-parked-facts'));
  }

  #openTask({ codeId, channel, activityId }: UnfinishedRow) {
    const context = this.#context('open-tasks');
    return this.tasks.settleTask(named(codeId), named(channel), context, activityId);
  }

  #closeCode({ codeId }: UnfinishedRow) {
    return this.codes.settleCode(named(codeId), this.#context('close-codes'));
  }

  #issueStatements({ period }: UnfinishedRow) {
    return this.statements.settle(named(period), this.#context('issue-statements'));
  }

  #issueCodes({ taskId, influencerId, requestId }: UnfinishedRow) {
    const request = { taskId: named(taskId), influencerId: named(influencerId) };
    const context = this.#context('issue-codes');
    return this.issuing.settle({ ...request, requestId: named(requestId) }, context);
  }
}

function named(id: string | null): string {
  if (id === null) throw new Error('the hint does not name what it is about');
  return id;
}
