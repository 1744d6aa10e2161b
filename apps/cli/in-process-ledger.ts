// The ledger without a service: the same module in this process, which holds the data directory's
// lock until it is closed. Requests are injected into its HTTP edge without a socket.
import { randomUUID } from 'node:crypto';
import { BulkOrders } from '#api/commands/bulk/bulk-orders.ts';
import type { Config } from '#api/config.ts';
import type { Follower } from '#api/follower/follower.ts';
import { createService } from '#api/serve.ts';
import { type Clock, FOLLOWER, systemClock } from '#api/wiring.ts';
import type { Ledger } from './ledger.ts';

export const CLI_ACTOR = 'operator:cli';

export async function inProcessLedger(config: Config, clock: Clock = systemClock): Promise<Ledger> {
  const app = await createService(config, clock);
  return {
    where: 'in this process',
    async send({ method, path, body, idempotencyKey }) {
      const reply = await app.inject({
        method,
        url: path,
        headers: {
          'promo-ledger-actor': CLI_ACTOR,
          ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
        },
        ...(body && { payload: body }),
      });
      const isJson = String(reply.headers['content-type']).includes('json');
      return {
        status: reply.statusCode,
        body: isJson && reply.body !== '' ? reply.json() : reply.body,
      };
    },
    bulk(chunks) {
      const id = randomUUID();
      const context = { actor: CLI_ACTOR, correlationId: id, causationId: id, clock };
      return app.get(BulkOrders).ingest(chunks, context);
    },
    rebuild: (projections, onProgress) =>
      app.get<Follower>(FOLLOWER).rebuild(projections.length > 0 ? projections : 'all', onProgress),
    close: () => app.close(),
  };
}
