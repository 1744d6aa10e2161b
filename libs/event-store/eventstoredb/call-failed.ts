// What a failed call means for what was asked. The client's errors are told apart by their `type`;
// their messages may be empty, and when the server is gone a raw gRPC error comes without a type.
import { ErrorType } from '@eventstore/db-client';
import { messageOf } from '../log-file-errors.ts';

/**
 * `not_done`: nothing was stored or read, and another try may do it.
 * `refused`: nothing was, and another try will not help.
 * `unknown`: it may have been done.
 * `no_place`: a position that no event of the server begins at.
 */
export type FailureKind =
  | 'conflict'
  | 'no_place'
  | 'too_large'
  | 'deleted'
  | 'not_found'
  | 'refused'
  | 'not_done'
  | 'unknown';

export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly kind: FailureKind;
  /** The client that was asked is of no more use. */
  readonly isConnectionLost: boolean;

  constructor(kind: FailureKind, isConnectionLost: boolean, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
    this.isConnectionLost = isConnectionLost;
  }
}

/** Our own timer: the server has said nothing for too long. */
export function noAnswer(milliseconds: number): CallFailed {
  return new CallFailed('unknown', true, `no answer for ${milliseconds} ms`);
}

/** The server did not say anything, whoever's timer it was that ran out. */
export function isSilence({ cause }: CallFailed): boolean {
  if (cause === undefined) return true;
  const { type, code } = cause as { type?: ErrorType; code?: number };
  return type === ErrorType.DEADLINE_EXCEEDED || code === DEADLINE_EXCEEDED;
}

/** gRPC status codes that have a meaning of their own here. */
const DEADLINE_EXCEEDED = 4;
const PERMISSION_DENIED = 7;
const INTERNAL = 13;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

/** Upon these the client closes its channel itself, and opens another for the next call. */
export function closesChannel({ cause }: CallFailed): boolean {
  const { type } = (cause ?? {}) as { type?: ErrorType };
  return type === ErrorType.UNAVAILABLE || type === ErrorType.CANCELLED;
}

/** None of the hosts named a node that could be asked; the client does not say why. */
export const isUndiscovered = ({ message }: CallFailed) => /Failed to discover/.test(message);

export function callFailed(error: unknown): CallFailed {
  if (error instanceof CallFailed) return error;
  const { type, code } = error as { type?: ErrorType; code?: number };
  const message = textOf(error);
  const failed = (kind: FailureKind, isLost = false) =>
    new CallFailed(kind, isLost, message === '' ? String(type ?? kind) : message, error);
  switch (type) {
    case ErrorType.WRONG_EXPECTED_VERSION:
      return failed('conflict');
    case ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED:
      return failed('too_large');
    case ErrorType.STREAM_DELETED:
      return failed('deleted');
    case ErrorType.STREAM_NOT_FOUND:
    case ErrorType.NO_STREAM:
      return failed('not_found');
    case ErrorType.ACCESS_DENIED:
      return new CallFailed('refused', false, refusalOf(code, message), error);
    // Said before anything is done; the client goes to the leader that the answer names.
    case ErrorType.NOT_LEADER:
      return failed('not_done');
    case ErrorType.UNAVAILABLE:
      return unavailable(failed, message);
    case ErrorType.DEADLINE_EXCEEDED:
    case ErrorType.CANCELLED:
      return failed('unknown', true);
    case ErrorType.TIMEOUT:
      return failed('unknown');
    case ErrorType.UNKNOWN:
      if (code === PERMISSION_DENIED)
        return new CallFailed('refused', false, refusalOf(code, message), error);
      if (code === INTERNAL) return failed('unknown', true);
      if (/ReadAllResult/.test(message)) return failed('no_place');
      return failed(/No leader info/.test(message) ? 'not_done' : 'unknown');
    default:
      if (code === UNAVAILABLE) return unavailable(failed, message);
      return failed(NEVER_SENT.test(message) ? 'not_done' : 'unknown', true);
  }
}

/** Before a connection stood: discovery, the name, the handshake; or a channel closed by then. */
const NEVER_SENT = new RegExp(
  'No connection established|Name resolution failed|Failed to discover|has been shut down|' +
    'Channel closed before call started|Stream refused by server',
);
/** The server's own words, before it does anything. */
const NOT_TAKEN = /Server Is (Not Ready|Too Busy)/;

/** Nothing of it left this process. */
export const wasNeverSent = ({ message }: CallFailed): boolean => NEVER_SENT.test(message);

function unavailable(
  failed: (kind: FailureKind, isLost: boolean) => CallFailed,
  message: string,
): CallFailed {
  if (NOT_TAKEN.test(message)) return failed('not_done', false);
  return failed(NEVER_SENT.test(message) ? 'not_done' : 'unknown', true);
}

/** The server's own words are these two alone. */
function refusalOf(code: number | undefined, message: string): string {
  return code === UNAUTHENTICATED
    ? `its user or password is not accepted (${message})`
    : `its user has not the rights for this (${message})`;
}

function textOf(error: unknown): string {
  const message = messageOf(error);
  if (message !== '') return message;
  const { details } = error as { details?: unknown };
  return typeof details === 'string' ? details : '';
}
