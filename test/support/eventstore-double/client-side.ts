// What tests of a server use on the client's side: events to append, and what happens to a
// subscription, in order.
import { once } from 'node:events';
import {
  type AllStreamSubscription,
  jsonEvent,
  type StreamSubscription,
} from '@eventstore/db-client';

/** With credentials, which a server without TLS does not see, an append is a call of its own. */
export const UNARY = { credentials: { username: 'admin', password: 'changeit' } };

export const newEvents = (count: number, note = '') =>
  Array.from({ length: count }, () =>
    jsonEvent({ type: 'Noted', data: { note }, metadata: { by: 'test' } }),
  );

const NOTICES = ['confirmation', 'caughtUp', 'fellBehind', 'end'];

export interface Watched {
  /** Revisions, notices by their names, errors by their types. */
  readonly happened: readonly string[];
  /** Resolves once this has happened, `times` times. Never, if it does not: the test times out. */
  until(what: string, times?: number): Promise<void>;
  stop(): Promise<void>;
}

export function watch(subscription: StreamSubscription | AllStreamSubscription): Watched {
  const happened: string[] = [];
  const news = new EventTarget();
  const add = (what: string) => {
    happened.push(what);
    news.dispatchEvent(new Event('news'));
  };
  // The client's types know these by name only, one overload each.
  const on = subscription.on.bind(subscription) as (name: string, listener: any) => unknown;
  for (const notice of NOTICES) on(notice, () => add(notice));
  on('error', ({ type, code }: { type?: string; code?: number }) => add(type ?? `code ${code}`));
  on('data', ({ event }: any) => add(String(event.revision)));
  return {
    happened,
    async until(what, times = 1) {
      while (happened.filter((it) => it === what).length < times) await once(news, 'news');
    },
    async stop() {
      for (const notice of NOTICES) subscription.removeAllListeners(notice);
      subscription.removeAllListeners('data');
      await subscription.unsubscribe();
    },
  };
}
