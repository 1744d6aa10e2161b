// Why a log's file cannot be used. Each message is fit to be printed as it is; in every case the
// file was left as it was found.

export abstract class LogFileError extends Error {
  readonly file: string;

  constructor(file: string, message: string, cause?: unknown) {
    super(`${file} ${message}`, { cause });
    this.file = file;
  }
}

export class LogMissing extends LogFileError {
  override readonly name = 'LogMissing';

  constructor(file: string) {
    super(file, 'does not exist');
  }
}

export class LogForeign extends LogFileError {
  override readonly name = 'LogForeign';

  constructor(file: string, cause?: unknown) {
    super(file, 'is not a Promo Ledger log, or its beginning is damaged', cause);
  }
}

export class LogTooNew extends LogFileError {
  override readonly name = 'LogTooNew';

  constructor(file: string, version: number, known: number) {
    super(file, `has format ${version}; this program knows formats up to ${known}`);
  }
}

/** `where` names the event after which, or at which, the file cannot be trusted. */
export class LogCorrupt extends LogFileError {
  override readonly name = 'LogCorrupt';

  constructor(file: string, where: string, cause?: unknown) {
    super(file, `is damaged: ${where}`, cause);
  }
}

export class LogUnwritable extends LogFileError {
  override readonly name = 'LogUnwritable';

  constructor(file: string, cause: unknown) {
    super(file, `cannot be opened for writing: ${messageOf(cause)}`, cause);
  }
}

export class LogLocked extends LogFileError {
  override readonly name = 'LogLocked';
  readonly pid: number;

  constructor(file: string, pid: number) {
    super(file, `is in use by the process with pid ${pid}; only one process may write to it`);
    this.pid = pid;
  }
}

/** SQLite's primary result code, or undefined when the error is not SQLite's. */
export function sqliteCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

export const SQLITE = {
  BUSY: 5,
  CORRUPT: 11,
  FULL: 13,
  NOT_A_DATABASE: 26,
} as const;

export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE.CORRUPT || code === SQLITE.NOT_A_DATABASE;
}

export function messageOf(error: unknown): string {
  const hasMessage = typeof error === 'object' && error !== null && 'message' in error;
  return String(hasMessage ? error.message : error);
}
