// Why a follower stops for good and says so, instead of trying again: what it found cannot be put
// right by itself, and going on would make rows that no longer say what the log says.

export class Alarm extends Error {
  override readonly name: string = 'Alarm';
}

/** The next event of the log is not the one after the checkpoint. */
export class LogNotContiguous extends Alarm {
  override readonly name = 'LogNotContiguous';
  constructor(expected: number, found: number, event: string) {
    super(`the log gives ${event} at logIndex ${found}, but ${expected} comes next: not skipping`);
  }
}

/** An event of a stream is missing, or comes a second time. */
export class StreamNotContiguous extends Alarm {
  override readonly name = 'StreamNotContiguous';
  constructor(expected: string, found: string) {
    super(
      `the log gives ${found}, but ${expected} comes next in its stream: not skipping. ` +
        '`promo-ledger doctor` says whether the store was told to forget events',
    );
  }
}

/** The log ends before events that the rows already contain. */
export class LogShorterThanRows extends Alarm {
  override readonly name = 'LogShorterThanRows';
  constructor(rows: number) {
    super(
      `the log ends before logIndex ${rows}, which the read models contain: is it an old copy? ` +
        'If it is meant, delete read.db to have it built again',
    );
  }
}

/** A replay of as many events as the rows were made from does not end where they do. */
export class LogChangedBehindRows extends Alarm {
  override readonly name = 'LogChangedBehindRows';
  constructor(rows: number) {
    super(
      `a replay finds another event at logIndex ${rows} than the read models: events before it ` +
        'were lost or came to be. `promo-ledger doctor` names what differs',
    );
  }
}

export class UnknownEventType extends Alarm {
  override readonly name = 'UnknownEventType';
  constructor(type: string, event: string) {
    super(`${event} has the type ${type}, which this version of the ledger does not know`);
  }
}

/** A bug: `evolve` never throws. */
export class EvolveFailed extends Alarm {
  override readonly name = 'EvolveFailed';
  constructor(projection: string, event: string, cause: unknown) {
    super(`projection ${projection} failed on ${event}: ${String(cause)}`, { cause });
  }
}

export class ReadStoreForeign extends Alarm {
  override readonly name = 'ReadStoreForeign';
  constructor(file: string, found: string, expected: string) {
    super(
      `${file} was made from log ${found}, not from ${expected}: ` +
        'move it away and it is built again from this log',
    );
  }
}

export class ReadStoreUnreadable extends Alarm {
  override readonly name = 'ReadStoreUnreadable';
  constructor(file: string, cause: unknown) {
    super(
      `${file} is no read store of this version (${String(cause)}): ` +
        'move it away and it is built again from the log',
      { cause },
    );
  }
}
