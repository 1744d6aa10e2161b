// Where the log is in a test that runs on either store: in the data directory, or on the double of
// an EventStoreDB, told to the service as an operator would.
import { startEventStoreDouble } from './eventstore-double/double.ts';

export const STORES = ['the embedded log', 'EventStoreDB'] as const;
export type StoreName = (typeof STORES)[number];

export interface LogServer {
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startLogServer(store: StoreName): Promise<LogServer> {
  if (store === 'the embedded log') return { environment: {}, stop: async () => {} };
  const double = await startEventStoreDouble();
  return {
    environment: { PROMO_LEDGER_EVENTSTORE_URL: double.connection },
    stop: () => double.stop(),
  };
}
