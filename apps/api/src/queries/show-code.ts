// One promo code as its seller sees it, with every version of its reward plan and its tasks.
import { Controller, Inject, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { z } from 'zod';
import { Channel, Id, TaskId } from '#ledger/values.ts';
import type { RewardPlanRow } from '#projections/seller-codes/tables.ts';
import type { TaskRow } from '#projections/task-board/tables.ts';
import type { ReadModel } from '#read-store/read-model.ts';
import { Read } from '../http/route.ts';
import { RewardView, rewardView } from '../views/code-view.ts';
import { existing, sqlBeside } from '../views/page.ts';
import { SellerCodeView, sellerCodeView, type SellerCodeRow } from '../views/seller-code-view.ts';
import { READ_STORE } from '../wiring.ts';

export const CodeDetails = z
  .strictObject({
    ...SellerCodeView.shape,
    rewards: z.array(RewardView),
    tasks: z.array(
      z.strictObject({ taskId: TaskId, channel: Channel, status: z.enum(['open', 'closed']) }),
    ),
  })
  .meta({ id: 'CodeDetails' });
type CodeDetails = z.infer<typeof CodeDetails>;

export class ShowCode extends Query<CodeDetails> {
  constructor(readonly codeId: Id) {
    super();
  }
}

@Controller('codes')
export class ShowCodeController {
  constructor(private readonly queries: QueryBus) {}

  @Read(':codeId', { summary: 'A promo code with its plans and tasks', answer: CodeDetails })
  show(@Param('codeId', { schema: Id }) codeId: Id) {
    return this.queries.execute(new ShowCode(codeId));
  }
}

const CODE_SQL = sqlBeside(import.meta.url, 'show-code.sql');
const PLANS_SQL = 'SELECT * FROM reward_plans WHERE codeId = :codeId ORDER BY version';
const TASKS_SQL =
  'SELECT taskId, channel, status FROM tasks WHERE codeId = :codeId ORDER BY taskId';

@QueryHandler(ShowCode)
export class ShowCodeHandler implements IQueryHandler<ShowCode> {
  constructor(@Inject(READ_STORE) private readonly read: ReadModel) {}

  async execute({ codeId }: ShowCode): Promise<CodeDetails> {
    const key = { codeId };
    return this.read.snapshot(() => {
      const row = existing(this.read.get<SellerCodeRow>(CODE_SQL, key), 'codeId', 'code');
      const plans = this.read.all<RewardPlanRow>(PLANS_SQL, key);
      return {
        ...sellerCodeView(row),
        rewards: plans.flatMap((plan) => rewardView(plan, row.currency) ?? []),
        tasks: [...this.read.all<Pick<TaskRow, 'taskId' | 'channel' | 'status'>>(TASKS_SQL, key)],
      };
    });
  }
}
