// Where several nodes share a log, the one that issued a period's statements keeps their documents,
// and every other computes them for itself: whichever is asked has them. They must be the ones
// that were issued.
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { EventStore } from '#event-store/port.ts';
import type { PeriodRow } from '#projections/statements/tables.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { computeStatements } from '#analytics/statements/compute-statements.ts';
import { openDocuments } from '#analytics/statements/documents.ts';
import type { Config } from '../config.ts';
import { CONFIG, EVENT_STORE, READ_STORE } from '../wiring.ts';
import { workspaceOf } from '../workspace.ts';
import { IssueStatements } from './issue-statements.ts';
import type { Hint } from './process-loop.ts';

type Completed = Pick<PeriodRow, 'period' | 'manifestSha256'>;

const COMPLETED_SQL =
  "SELECT period, manifestSha256 FROM periods WHERE status = 'completed' ORDER BY period";

@Injectable()
export class KeepDocuments implements OnModuleDestroy {
  readonly #ending = new AbortController();
  /** Periods whose documents were seen to be kept. */
  readonly #kept = new Set<string>();
  /** One computation at a time: each goes on from what the one before left. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(READ_STORE) private readonly read: ReadModel,
    private readonly statements: IssueStatements,
  ) {}

  onModuleDestroy(): void {
    this.#ending.abort();
  }

  /** Completed periods whose documents this node lacks. The only node issued them all itself. */
  *lacking(): Iterable<Hint> {
    if (this.store.isOnlyWriter) return;
    const completed = this.read.all<Completed>(COMPLETED_SQL);
    const open = completed.filter(({ period }) => !this.#kept.has(period));
    for (const { period, manifestSha256 } of open) {
      if (this.statements.isRunning(period)) continue;
      if (this.#isKept(manifestSha256)) this.#kept.add(period);
      else yield { key: period };
    }
  }

  /** Rejects when what is computed is not what was issued. */
  settle(period: string): Promise<void> {
    const settled = this.#last.then(() => this.#compute(period));
    this.#last = settled.catch(() => undefined);
    return settled;
  }

  async #compute(period: string): Promise<void> {
    const { signal } = this.#ending;
    const run = await computeStatements(workspaceOf(this.config), period, { signal });
    if (!this.#isKept(run.manifestSha256)) throw new Error('the documents were not kept');
    const issued = this.read
      .all<Completed>(COMPLETED_SQL)
      .find((completed) => completed.period === period);
    if (issued?.manifestSha256 === run.manifestSha256) return void this.#kept.add(period);
    throw new Error('this node computes other statements than those that were issued');
  }

  /** A run keeps its manifest in one commit with all documents. */
  #isKept(manifestSha256: string | null): boolean {
    if (manifestSha256 === null) return false;
    const documents = openDocuments(workspaceOf(this.config));
    try {
      return documents.get(manifestSha256) !== undefined;
    } finally {
      documents.close();
    }
  }
}
