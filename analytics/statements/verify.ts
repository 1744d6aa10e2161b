// Recomputes issued statements from the log's first event on, both ways, and compares them with
// what was issued: the event, the stored document, every line.
import type { OnProgress, Workspace } from '../workspace.ts';

export interface StatementKey {
  readonly payeeId: string;
  readonly currency: string;
  readonly period: string;
}

export type Verification =
  | { readonly outcome: 'match'; readonly documentSha256: string; readonly lineCount: number }
  | {
      readonly outcome: 'differs';
      /** What differs, for people: which line, what was issued, what both ways give. */
      readonly difference: string;
    }
  | { readonly outcome: 'not_issued' };

export interface RunVerification {
  readonly period: string;
  readonly statements: number;
  readonly matching: number;
  readonly manifestMatches: boolean;
  readonly differences: readonly (StatementKey & { readonly difference: string })[];
}

export interface VerifyOptions {
  readonly onProgress?: OnProgress;
}

export function verifyStatement(
  _workspace: Workspace,
  _statement: StatementKey,
  _options: VerifyOptions = {},
): Promise<Verification> {
  throw new Error('not built yet');
}

export function verifyRun(
  _workspace: Workspace,
  _period: string,
  _options: VerifyOptions = {},
): Promise<RunVerification> {
  throw new Error('not built yet');
}
