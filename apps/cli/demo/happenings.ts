// What sellers and the platform change while the demo's two months go by: switches go off and on,
// codes are paused and closed, sellers leave, influencers are suspended.
import type { Request } from '../ledger.ts';
import * as requests from '../requests.ts';
import type { Chance } from './chance.ts';
import type { Market } from './market.ts';

/** Requests by the day on whose morning they are made. */
export type Happenings = ReadonlyMap<number, readonly Request[]>;

export function happeningsOf(chance: Chance, { codes, sellers, individuals }: Market): Happenings {
  const byDay = new Map<number, Request[]>();
  const add = (day: number, request: Request) => {
    const known = byDay.get(day);
    if (known) known.push(request);
    else byDay.set(day, [request]);
  };
  for (const { codeId } of codes) {
    const day = chance.between(10, 50);
    if (chance.happens(3)) {
      add(day, requests.disable(codeId));
    } else if (chance.happens(5)) {
      add(day, requests.pause(codeId));
      add(day + chance.between(2, 8), requests.resume(codeId));
    } else if (chance.happens(2)) {
      add(day, requests.closeCode(codeId));
    }
  }
  for (let n = 0; n < 3; n += 1) add(40 + n, requests.leave(chance.oneOf(sellers).sellerId));
  const suspended = new Set(Array.from({ length: 15 }, () => chance.oneOf(individuals)));
  for (const id of suspended) {
    add(chance.between(20, 50), requests.suspend(id, 'traffic is being looked into'));
  }
  return byDay;
}
