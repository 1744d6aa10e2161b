// The names under which Nest hands out what comes from the libraries. A slice asks for them with
// `@Inject(RUNNER) private readonly runner: Runner`.
import type { Timestamp } from '#ledger/values.ts';

export const CONFIG = Symbol('Config');
/** `Clock`: the one port through which time comes in. */
export const CLOCK = Symbol('Clock');
/** `Logger` of pino: structured lines. */
export const LOG = Symbol('Log');
/** `EventStore` of libs/event-store/port.ts: the log itself. */
export const EVENT_STORE = Symbol('EventStore');
/** `Runner` of libs/event-store/runner.ts: the one way that a command reaches a stream. */
export const RUNNER = Symbol('Runner');
/** `Follower`: the thread that builds the read models. */
export const FOLLOWER = Symbol('Follower');
/** `ReadModel` of libs/read-store/read-model.ts: the read models' rows, read only. */
export const READ_STORE = Symbol('ReadStore');
/** `LedgerParts`: all of the above, closed together when the service stops. */
export const LEDGER_PARTS = Symbol('LedgerParts');
/** `BuyerKeys`: the keys that hash buyers. */
export const BUYER_KEYS = Symbol('BuyerKeys');

export type Clock = () => Timestamp;

/** UTC with milliseconds, as `Timestamp` says. */
export const systemClock: Clock = () => new Date().toISOString();
