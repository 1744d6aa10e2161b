// Stream `issuedCode-{TEXT}`: the claim on a text, and the way from it to code, task and payee.
import { z } from 'zod';
import { event } from './decider.ts';
import { CodeText, ForeignId, Id, TaskId, Timestamp } from './values.ts';

export const CodeIssued = event('CodeIssued', {
  text: CodeText,
  codeId: Id,
  taskId: TaskId,
  sellerId: Id,
  /** The applicant, individual or agency: the one who is paid. */
  payeeId: Id,
  requestId: ForeignId,
  /** Which of the request's codes this is, from 0. */
  index: z.int().min(0),
  occurredAt: Timestamp,
});
export type CodeIssued = z.infer<typeof CodeIssued>;

/** An agency hands the code to a member it has signed: its promoter from this time on. */
export const CodeAssigned = event('CodeAssigned', {
  text: CodeText,
  payeeId: Id,
  promoterId: Id,
  occurredAt: Timestamp,
});
export type CodeAssigned = z.infer<typeof CodeAssigned>;

export const CodeRevoked = event('CodeRevoked', {
  text: CodeText,
  payeeId: Id,
  reason: z.string().min(1).max(200),
  occurredAt: Timestamp,
});
export type CodeRevoked = z.infer<typeof CodeRevoked>;

export const IssuedCodeEvent = z.discriminatedUnion('type', [
  CodeIssued,
  CodeAssigned,
  CodeRevoked,
]);
export type IssuedCodeEvent = z.infer<typeof IssuedCodeEvent>;
