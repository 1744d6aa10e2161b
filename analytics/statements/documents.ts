// Statement documents by content hash. Canonical JSON is the statement; the CSV and the readable
// page are renderings of it.
import type { Workspace } from '../workspace.ts';

export interface DocumentReader {
  /** The canonical JSON, or undefined when it is not kept. Throws when its bytes were changed. */
  get(sha256: string): string | undefined;
  close(): void;
}

/** Reads beside a running service. */
export function openDocuments(_workspace: Workspace): DocumentReader {
  throw new Error('not built yet');
}
