// An event as the ledger stores many: a payload of 200 bytes and the metadata that every event has.
// Ids and correlations are random, so nothing packs well.
import { randomUUID } from 'node:crypto';

export function newEvent() {
  const padding = randomUUID() + randomUUID() + randomUUID();
  return {
    id: randomUUID(),
    type: 'OrderConfirmed',
    data: {
      clearsAt: '2026-01-08T12:00:00.000Z',
      padding: padding.slice(0, 200 - 51 - 15),
    },
    metadata: {
      correlationId: randomUUID(),
      causationId: randomUUID(),
      actor: 'portal:connect',
      recordedAt: new Date().toISOString(),
    },
  };
}

export const newEvents = (count: number) => Array.from({ length: count }, () => newEvent());
