// What can go wrong with the double, switched on and off while it runs. Each fault is one that a
// real server or the network before it was seen to make.
import type { Connections } from './connections.ts';
import type { Endpoint } from './failures.ts';
import type { Subscription } from './subscription.ts';

/**
 * What happens to an append. `drop_…`: its connection is cut; `silent_…`: it is never answered;
 * `timeout_…`: it is answered with a timeout. `…_before`: nothing is stored; `…_after`: it is.
 */
export type AppendFault =
  | {
      readonly kind:
        | 'drop_before'
        | 'drop_after'
        | 'silent_before'
        | 'silent_after'
        | 'timeout_before'
        | 'timeout_after'
        | 'unavailable'
        | 'wrong_expected_version';
    }
  | { readonly kind: 'not_leader'; readonly leader: Endpoint };

/** The same in this process and, as promises, for a double in a process of its own. */
export interface Faults {
  /** Befalls the next appends, deletes and tombstones: `times` of them, default 1. */
  nextAppends(fault: AppendFault, times?: number): void;
  /** Every answer to an append is this late, in milliseconds. */
  delayAnswers(ms: number): void;
  /** Answers to appends are held until there are `count`, or for 50 ms, and given backwards. */
  reorderAnswers(count: number): void;
  /** Ends every subscription, as too slow a consumer or as if nothing were wrong. */
  endSubscriptions(how: 'with_error' | 'silently'): void;
  /** Live subscriptions take nothing in, and so are dropped when 32 events wait. */
  slowConsumers(isOn: boolean): void;
  /** Live subscriptions read behind the log again, and say so, as servers from 24.2 on do. */
  fallBehind(): void;
  /** Cuts every connection; new ones are taken. */
  dropConnections(): void;
  /** Nothing is answered, connections stay and new ones are taken, as by a stopped process. */
  freeze(): void;
  thaw(): void;
  /** Nobody listens any more, and every connection is cut. */
  refuseConnections(): Promise<void>;
  acceptConnections(): Promise<void>;
  /** Is a follower: who requires the leader is sent there, other writes are forwarded to nobody. */
  followLeader(leader: Endpoint): void;
  /** Lets nobody in any more, as after a change of the password. */
  keepOut(isOn: boolean): void;
  /** No fault any more; what is frozen or refused is let through, what is late is answered. */
  clear(): Promise<void>;
}

const REORDER_WITHIN_MS = 50;

export class SwitchedFaults implements Faults {
  readonly subscriptions = new Set<Subscription>();
  leader: Endpoint | undefined;
  areConsumersSlow = false;
  isNobodyLetIn = false;
  readonly #connections: Connections;
  #appendFaults: { readonly fault: AppendFault; left: number }[] = [];
  #delayMs = 0;
  readonly #delayed = new Map<NodeJS.Timeout, () => void>();
  #reorderCount = 0;
  #held: (() => void)[] = [];

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  nextAppends(fault: AppendFault, times = 1): void {
    this.#appendFaults.push({ fault, left: times });
  }

  delayAnswers(ms: number): void {
    this.#delayMs = ms;
  }

  reorderAnswers(count: number): void {
    this.#reorderCount = count;
    this.#release();
  }

  endSubscriptions(how: 'with_error' | 'silently'): void {
    for (const subscription of this.subscriptions)
      if (how === 'silently') subscription.end();
      else subscription.drop();
  }

  slowConsumers(isOn: boolean): void {
    this.areConsumersSlow = isOn;
  }

  fallBehind(): void {
    for (const subscription of this.subscriptions) subscription.fallBehind();
  }

  dropConnections(): void {
    this.#connections.dropAll();
  }

  freeze(): void {
    this.#connections.freeze();
  }

  thaw(): void {
    this.#connections.thaw();
  }

  async refuseConnections(): Promise<void> {
    await this.#connections.refuse();
  }

  async acceptConnections(): Promise<void> {
    await this.#connections.accept();
  }

  followLeader(leader: Endpoint): void {
    this.leader = leader;
  }

  keepOut(isOn: boolean): void {
    this.isNobodyLetIn = isOn;
  }

  async clear(): Promise<void> {
    this.#appendFaults = [];
    this.#delayMs = 0;
    for (const timer of this.#delayed.keys()) this.#give(timer);
    this.reorderAnswers(0);
    this.leader = undefined;
    this.areConsumersSlow = false;
    this.isNobodyLetIn = false;
    this.thaw();
    await this.acceptConnections();
  }

  /** What befalls the append that is asked for now. */
  takeForAppend(): AppendFault | undefined {
    const [first] = this.#appendFaults;
    if (!first) return undefined;
    first.left -= 1;
    if (first.left <= 0) this.#appendFaults.shift();
    return first.fault;
  }

  /** Gives an answer when it is due. */
  answer(give: () => void): void {
    if (this.#delayMs === 0) {
      this.#inOrder(give);
      return;
    }
    const timer = setTimeout(() => this.#give(timer), this.#delayMs);
    this.#delayed.set(timer, give);
  }

  #give(timer: NodeJS.Timeout): void {
    const give = this.#delayed.get(timer);
    this.#delayed.delete(timer);
    clearTimeout(timer);
    if (give) this.#inOrder(give);
  }

  #inOrder(give: () => void): void {
    if (this.#reorderCount < 2) {
      give();
      return;
    }
    this.#held.push(give);
    if (this.#held.length >= this.#reorderCount) this.#release();
    else if (this.#held.length === 1) setTimeout(() => this.#release(), REORDER_WITHIN_MS);
  }

  /** In a turn of the loop each: what is sent in one goes out in the order of the calls. */
  #release(): void {
    const held = this.#held.splice(0);
    const next = () => {
      held.pop()?.();
      if (held.length > 0) setImmediate(next);
    };
    next();
  }
}
