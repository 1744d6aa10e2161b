// Says of a log that no service may run on it: another one is being copied into it and is not
// whole yet, or its ledger was moved and goes on elsewhere. Beside an embedded log each mark is a
// file, on a server a value that all nodes see.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDurable, writeDurably } from './durable-file.ts';
import { LogFileError } from './log-file-errors.ts';
import type { EventStoreDbStore } from './eventstoredb/eventstoredb-store.ts';
import type { Mark } from './eventstoredb/marks.ts';

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

/** Two services on two copies would make two ledgers of one. */
export class LogMoved extends LogFileError {
  override readonly name = 'LogMoved';

  constructor(log: string, to: string) {
    super(
      log,
      `was moved to ${to}, where its ledger goes on: start the service there, or bring the ` +
        'ledger back with `promo-ledger copy-log --move`',
    );
  }
}

export interface LogMark {
  readonly find: () => Promise<string | undefined>;
  readonly set: (value: string) => Promise<void>;
  readonly remove: () => Promise<void>;
}

export interface LogMarks {
  /** The id of the log that is being copied into this one. */
  readonly copyOf: LogMark;
  /** The name of the log that this one's ledger went on in. */
  readonly movedTo: LogMark;
}

/** Of the log in this file. */
export function fileMarks(file: string): LogMarks {
  return { copyOf: fileMark(file, 'copy-of.txt'), movedTo: fileMark(file, 'moved-to.txt') };
}

function fileMark(file: string, name: string): LogMark {
  const path = join(dirname(file), name);
  return {
    find: async () => (existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined),
    // Half a mark would be that of a copy which nobody can go on with.
    set: async (value) => writeDurably(path, `${value}\n`),
    remove: async () => {
      if (!existsSync(path)) return;
      rmSync(path);
      makeDurable(dirname(path));
    },
  };
}

export function storeMarks(store: EventStoreDbStore): LogMarks {
  const mark = (name: Mark): LogMark => ({
    find: () => store.findMark(name),
    set: async (value) => void (await store.changeMark(name, () => value)),
    remove: async () => void (await store.changeMark(name, () => null)),
  });
  return { copyOf: mark('promoLedgerCopyOf'), movedTo: mark('promoLedgerMovedTo') };
}

/** Rejects with LogUnderCopy or LogMoved, which name the log. */
export async function assertInService(log: string, { copyOf, movedTo }: LogMarks): Promise<void> {
  if ((await copyOf.find()) !== undefined) throw new LogUnderCopy(log);
  const to = await movedTo.find();
  if (to !== undefined) throw new LogMoved(log, to);
}
