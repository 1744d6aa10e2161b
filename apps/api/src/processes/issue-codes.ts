// Issues every code of a request (rule 8). The texts follow from the request's seed: each code
// walks its attempts until a claim succeeds or is found to be its own, so that whoever finishes a
// request, and however often, comes to the same texts.
import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { application, type CodeRequest, requestsOf } from '#ledger/application.ts';
import { codeText } from '#ledger/code-text.ts';
import type { CommandContext } from '#ledger/command-context.ts';
import { claimText, issuedCode } from '#ledger/issued-code.ts';
import { applicationStream, issuedCodeStream, taskStream } from '#ledger/streams.ts';
import { task } from '#ledger/task.ts';
import type { CodeText, ForeignId, Id, TaskId } from '#ledger/values.ts';
import { type Position, NO_POSITION } from '#event-store/port.ts';
import type { Runner } from '#event-store/runner.ts';
import { RUNNER } from '../wiring.ts';
import { later } from './open-tasks.ts';
import { withoutKey } from './order-desk.ts';

export interface RequestOfCodes {
  readonly taskId: TaskId;
  /** Who applied and is paid: individual or agency. */
  readonly influencerId: Id;
  readonly requestId: ForeignId;
}

export interface IssuedCodes {
  /** In the order of the request's indexes. */
  readonly texts: readonly CodeText[];
  readonly position: Position;
}

/** 2^50 texts: nobody walks this far unless something else is wrong. */
const MOST_ATTEMPTS = 100;

@Injectable()
export class IssueCodes {
  constructor(@Inject(RUNNER) private readonly runner: Runner) {}

  async settle(request: RequestOfCodes, context: CommandContext): Promise<IssuedCodes> {
    const { taskId, influencerId: payeeId, requestId } = request;
    const stream = applicationStream(taskId, payeeId);
    const [applied, { state: ofTask }] = await Promise.all([
      this.runner.load({ decider: application, stream }),
      this.runner.load({ decider: task, stream: taskStream(taskId) }),
    ]);
    const asked = requestsOf(applied.state).find((each) => each.requestId === requestId);
    if (!asked || ofTask.status === 'absent') throw new Error(`${stream} has no ${requestId}`);
    const { codeId, sellerId } = ofTask.opened;
    const issuing = Array.from({ length: asked.count }, (_, index) =>
      this.#issue(asked, { codeId, sellerId, taskId, payeeId, requestId, index }, context),
    );
    const issued = await Promise.all(issuing);
    return {
      texts: issued.map(({ text }) => text),
      position: issued.map(({ position }) => position).reduce(later, NO_POSITION),
    };
  }

  async #issue(
    { seed, occurredAt }: CodeRequest,
    claim: Omit<Parameters<typeof claimText>[0], 'text' | 'occurredAt'>,
    context: CommandContext,
  ): Promise<{ readonly text: CodeText; readonly position: Position }> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const text = codeText({ seed, index: claim.index, attempt }, sha256);
      const claimed = await this.runner.transact({
        decider: issuedCode,
        stream: issuedCodeStream(text),
        context: withoutKey(context),
        decide: (state) => claimText({ ...claim, text, occurredAt }, state),
      });
      if (claimed.outcome !== 'refused') return { text, position: claimed.position };
    }
    throw new Error(`no free text in ${MOST_ATTEMPTS} attempts for ${claim.requestId}`);
  }
}

const sha256 = (text: string) => hash('sha256', text, 'buffer');
