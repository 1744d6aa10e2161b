// What may be unfinished, as the read models say. Hints only: they may be behind or ahead of
// nothing, and whoever acts on one reads the streams that decide.
import { Inject, Injectable } from '@nestjs/common';
import type { UnfinishedRow } from '#projections/unfinished/tables.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { READ_STORE } from '../wiring.ts';

const PAGE = 500;
const UNFINISHED = `
  SELECT * FROM unfinished
  WHERE kind = :kind AND (logIndex, key) > (:logIndex, :key)
  ORDER BY logIndex, key LIMIT ${PAGE}`;
const TASKS_OF_CODE = 'SELECT channel, activityId FROM tasks WHERE codeId = :codeId';
const OPEN_CODES_OF_SELLER =
  "SELECT codeId FROM codes WHERE sellerId = :sellerId AND status <> 'closed'";

@Injectable()
export class Hints {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  /** Oldest first, page by page: the rows may change while they are worked through. */
  *unfinished(kind: UnfinishedRow['kind']): Iterable<UnfinishedRow> {
    let after = { logIndex: -1, key: '' };
    for (;;) {
      const page = this.read.all<UnfinishedRow>(UNFINISHED, { kind, ...after });
      yield* page;
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = { logIndex: last.logIndex, key: last.key };
    }
  }

  tasksOf(codeId: string): readonly { channel: string; activityId: string | null }[] {
    return this.read.all(TASKS_OF_CODE, { codeId });
  }

  openCodesOf(sellerId: string): readonly { codeId: string }[] {
    return this.read.all(OPEN_CODES_OF_SELLER, { sellerId });
  }
}
