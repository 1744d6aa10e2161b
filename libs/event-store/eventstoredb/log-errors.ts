// Why a log on EventStoreDB cannot be used, or cannot be trusted any longer. Each message names the
// log and is fit to be printed as it is: it holds no password. Loaded without the client.
import { LogFileError } from '../log-file-errors.ts';

/** The server cannot be reached, or will not have us; nothing was read or written. */
export class LogUnreachable extends LogFileError {
  override readonly name = 'LogUnreachable';

  constructor(log: string, reason: string, cause?: unknown) {
    super(log, `cannot be reached: ${reason}`, cause);
  }
}

/** The server answers, but nobody ever began a log there: a reader begins none. */
export class LogNotBegun extends LogFileError {
  override readonly name = 'LogNotBegun';

  constructor(log: string) {
    super(log, 'holds no log of the ledger yet; begin one with the service, or copy one there');
  }
}

/** Somebody else writes there. Nothing is followed over what is not understood. */
export class LogNotAlone extends LogFileError {
  override readonly name = 'LogNotAlone';

  constructor(log: string, what: string) {
    super(
      log,
      `holds what is not the ledger's: ${what}; on a shared server the ledger needs a prefix ` +
        "that no other's names begin with",
    );
  }
}
