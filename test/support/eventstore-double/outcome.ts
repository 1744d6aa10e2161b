// What comes of a write: the log's answer, unless a fault befalls it.
import type { ServiceError } from '@grpc/grpc-js';
import * as failures from './failures.ts';
import type { Node } from './node.ts';
import type { Caller } from './requests.ts';
import type { Write, Written } from './stored-log.ts';

/** An answer, the end of the call, or nothing at all. */
export type Outcome =
  | Exclude<Written, { kind: 'not_ready' }>
  | { readonly kind: 'failed'; readonly error: ServiceError }
  | { readonly kind: 'timed_out' | 'too_large' | 'silent' };

export async function outcomeOf(node: Node, write: Write, caller: Caller): Promise<Outcome> {
  const fault = node.faults.takeForAppend();
  const leader = fault?.kind === 'not_leader' ? fault.leader : node.faults.leader;
  if (leader && (fault || caller.requiresLeader))
    return { kind: 'failed', error: failures.notLeader(leader) };
  // A follower that lost its leader forwards into nothing.
  if (leader) return timedOut(node);
  switch (fault?.kind) {
    case 'drop_before':
      node.connections.drop(caller.peer);
      return { kind: 'silent' };
    case 'silent_before':
      return { kind: 'silent' };
    case 'timeout_before':
      return { kind: 'timed_out' };
    case 'unavailable':
      return { kind: 'failed', error: failures.unavailable() };
    case 'wrong_expected_version': {
      const current = node.log.streams.lastRevision(write.stream);
      return { kind: 'refused', why: fault.kind, current };
    }
    default:
  }
  const written = await node.log.write(write);
  switch (fault?.kind) {
    case 'drop_after':
      node.connections.drop(caller.peer);
      return { kind: 'silent' };
    case 'silent_after':
      return { kind: 'silent' };
    case 'timeout_after':
      return { kind: 'timed_out' };
    default:
      return written.kind === 'not_ready' ? timedOut(node) : written;
  }
}

function timedOut(node: Node): Promise<Outcome> {
  return new Promise((resolve) => {
    setTimeout(() => resolve({ kind: 'timed_out' }), node.writeTimeoutMs).unref();
  });
}
