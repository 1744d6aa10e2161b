// Says of a log that another one is being copied into it: no service may run on it until the copy
// is whole. Beside an embedded log it is a file, on a server a mark that all nodes see.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDurable, writeDurably } from './durable-file.ts';
import { LogFileError } from './log-file-errors.ts';
import type { EventStoreDbStore } from './eventstoredb/eventstoredb-store.ts';

/** A service that ran on half a log would act on what is finished in the other half. */
export class LogUnderCopy extends LogFileError {
  override readonly name = 'LogUnderCopy';

  constructor(log: string) {
    super(
      log,
      'is the target of a copy that is not finished: run the same `promo-ledger copy-log` again, ' +
        'it goes on where it stopped',
    );
  }
}

export interface CopyMark {
  /** The id of the log that is being copied; undefined when none is. */
  find(): Promise<string | undefined>;
  set(logId: string): Promise<void>;
  remove(): Promise<void>;
}

/** Of the log in this file. */
export function fileMark(file: string): CopyMark {
  const path = join(dirname(file), 'copy-of.txt');
  return {
    find: async () => (existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined),
    // Half a mark would be that of a copy which nobody can go on with.
    set: async (logId) => writeDurably(path, `${logId}\n`),
    remove: async () => {
      rmSync(path, { force: true });
      makeDurable(dirname(path));
    },
  };
}

export function storeMark(store: EventStoreDbStore): CopyMark {
  return {
    find: () => store.findMark('promoLedgerCopyOf'),
    set: async (logId) => void (await store.changeMark('promoLedgerCopyOf', () => logId)),
    remove: async () => void (await store.changeMark('promoLedgerCopyOf', () => null)),
  };
}

/** Rejects with LogUnderCopy, which names the log. */
export async function assertNoCopy(log: string, mark: CopyMark): Promise<void> {
  if ((await mark.find()) !== undefined) throw new LogUnderCopy(log);
}
