// Issues the statements of a closed period, by level: as long as its run is not complete they are
// computed both ways in a child process and appended, whichever of them are missing. Another
// amount, another hash or two ways that differ stop the run with an alarm until somebody starts it
// again.
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { CommandContext } from '#ledger/command-context.ts';
import { issueStatement, payee } from '#ledger/payee.ts';
import type { StatementRunCompleted } from '#ledger/programme.events.ts';
import { completeStatementRun, programme, type ClosedPeriod } from '#ledger/programme.ts';
import { payeeStream, PROGRAMME_STREAM } from '#ledger/streams.ts';
import type { Timestamp } from '#ledger/values.ts';
import type { EventLogReader, Position } from '#event-store/port.ts';
import type { Runner } from '#event-store/runner.ts';
import { computeStatements } from '#analytics/statements/compute-statements.ts';
import { AmountDiffers, RunRefused, WaysDiffer } from '#analytics/statements/run.ts';
import type { ComputedRun, ComputedStatement } from '#analytics/statements/run.ts';
import type { Config } from '../config.ts';
import { workspaceOf } from '../workspace.ts';
import { CONFIG, EVENT_STORE, RUNNER } from '../wiring.ts';
import { withoutKey } from './order-desk.ts';

export type CompletedRun = Omit<StatementRunCompleted['data'], 'occurredAt'>;

export interface IssuedRun {
  readonly run: CompletedRun;
  readonly position: Position;
}

/** What was computed is not what was issued, or cannot be issued: nothing more is appended. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped';
}

/** There is nothing to issue yet. */
export class PeriodNotClosed extends Error {
  override readonly name = 'PeriodNotClosed';
}

const IN_FLIGHT = 256;

@Injectable()
export class IssueStatements implements OnModuleDestroy {
  readonly #ending = new AbortController();
  readonly #running = new Map<string, Promise<IssuedRun>>();
  /** By period: why its run must not go on by itself. */
  readonly #stopped = new Map<string, RunStopped>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(EVENT_STORE) private readonly log: EventLogReader,
    @Inject(RUNNER) private readonly runner: Runner,
  ) {}

  onModuleDestroy(): void {
    this.#ending.abort();
  }

  /** Rejects with RunStopped or PeriodNotClosed; runs for one period are one run. */
  settle(period: string, context: CommandContext): Promise<IssuedRun> {
    const running = this.#running.get(period);
    if (running) return running;
    const stopped = this.#stopped.get(period);
    if (stopped) return Promise.reject(stopped);
    const starting = this.#run(period, withoutKey(context)).finally(() =>
      this.#running.delete(period),
    );
    this.#running.set(period, starting);
    return starting;
  }

  isRunning(period: string): boolean {
    return this.#running.has(period);
  }

  /** Somebody asks for the run: what stopped it before may have been put right. */
  settleAgain(period: string, context: CommandContext): Promise<IssuedRun> {
    this.#stopped.delete(period);
    return this.settle(period, context);
  }

  async #run(period: string, context: CommandContext): Promise<IssuedRun> {
    try {
      const closing = await this.#closing(period);
      if (closing.run) return await this.#completed(period);
      const workspace = workspaceOf(this.config);
      const { signal } = this.#ending;
      const computed = await computeStatements(workspace, period, { signal });
      await this.#issueAll(computed.statements, context);
      return await this.#complete(computed, closing, context);
    } catch (error) {
      throw this.#stoppedBy(period, error);
    }
  }

  async #closing(period: string): Promise<ClosedPeriod> {
    // Another node may have closed it a moment ago.
    const { state } = await this.runner.loadEnd({ decider: programme, stream: PROGRAMME_STREAM });
    const closed = state.status === 'running' ? state.closed : [];
    const closing = closed.find((each) => each.period === period);
    if (!closing) throw new PeriodNotClosed(`${period} is not closed`);
    return closing;
  }

  async #completed(period: string): Promise<IssuedRun> {
    for (let from = 0; ;) {
      const page = await this.log.readStream(PROGRAMME_STREAM, { from });
      for (const { type, data, position } of page) {
        if (type !== 'StatementRunCompleted') continue;
        const { occurredAt: _occurredAt, ...run } = data as StatementRunCompleted['data'];
        if (run.period === period) return { run, position };
      }
      if (page.length === 0) throw new Error(`the run of ${period} is not in the log`);
      from = page.at(-1)!.revision + 1;
    }
  }

  async #issueAll(statements: readonly ComputedStatement[], context: CommandContext) {
    for (let next = 0; next < statements.length; next += IN_FLIGHT) {
      const some = statements.slice(next, next + IN_FLIGHT);
      await Promise.all(some.map((statement) => this.#issue(statement, context)));
    }
  }

  /** Issued already with the same document: nothing is appended. */
  async #issue(statement: ComputedStatement, context: CommandContext): Promise<void> {
    const { payeeId, currency, period } = statement;
    const issued = await this.runner.transact({
      decider: payee,
      stream: payeeStream(payeeId),
      context,
      decide: (state) => issueStatement({ ...statement, occurredAt: context.now }, state),
    });
    if (issued.outcome !== 'refused') return;
    const { refused, details } = issued.refusal;
    const why = `${refused} ${JSON.stringify(details)}`;
    throw new RunStopped(`the statement of ${payeeId} in ${currency} for ${period}: ${why}`);
  }

  async #complete(
    { period, cutoffLogIndex, statements, totals, manifestSha256 }: ComputedRun,
    { closedAt }: ClosedPeriod,
    context: CommandContext,
  ): Promise<IssuedRun> {
    const statementCount = statements.length;
    const run = { period, cutoffLogIndex, statementCount, totals: [...totals], manifestSha256 };
    const occurredAt = laterOf(context.now, closedAt);
    const completed = await this.runner.transact({
      decider: programme,
      stream: PROGRAMME_STREAM,
      context,
      decide: (state) => completeStatementRun({ ...run, occurredAt, now: context.now }, state),
    });
    if (completed.outcome !== 'refused') return { run, position: completed.position };
    const { refused, details } = completed.refusal;
    throw new RunStopped(`the run of ${period}: ${refused} ${JSON.stringify(details)}`);
  }

  /** Whatever is wrong with the books stays wrong; whatever else went wrong is tried again. */
  #stoppedBy(period: string, error: unknown): unknown {
    const isWrong = [AmountDiffers, WaysDiffer, RunRefused].some((kind) => error instanceof kind);
    if (!isWrong && !(error instanceof RunStopped)) return error;
    const stopped =
      error instanceof RunStopped
        ? error
        : new RunStopped((error as Error).message, { cause: error });
    this.#stopped.set(period, stopped);
    return stopped;
  }
}

const laterOf = (one: Timestamp, other: Timestamp) => (one > other ? one : other);
