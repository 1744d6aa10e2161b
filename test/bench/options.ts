// What a bench is asked for. The store and the engine are chosen by name, so that the same bench
// runs on each and their figures stand side by side; EVENTSTORE_URL and CLICKHOUSE_URL say where
// their servers are.
export const STORES = ['sqlite', 'eventstoredb'] as const;
export type StoreName = (typeof STORES)[number];

export const ENGINES = ['duckdb', 'clickhouse'] as const;
export type EngineName = (typeof ENGINES)[number];

export interface BenchOptions {
  readonly seed: number;
  /** Orders in the large market; 1,000,000 unless scaled down, then targets do not apply. */
  readonly orders: number;
  readonly payees: number;
  /** Sizes of the generated log that statements are computed from, in entries, ascending. */
  readonly entries: readonly number[];
  /** Scales the counts of the short benches down, for a quick look. */
  readonly scale: number;
  readonly store: StoreName;
  readonly engine: EngineName;
}

/** Names of a list with commas between. Throws when one is unknown. */
export function chosenOf<T extends string>(given: string, known: readonly T[]): readonly T[] {
  return given.split(',').map((name) => {
    const found = known.find((each) => each === name);
    if (found === undefined) throw new Error(`there is no ${name}: ${known.join(', ')}`);
    return found;
  });
}

/** The address of the server that EVENTSTORE_URL names. Throws without one. */
export function eventStoreUrl(): string {
  const url = process.env['EVENTSTORE_URL'];
  if (!url)
    throw new Error(
      'set EVENTSTORE_URL to a server of its own, e.g. esdb://127.0.0.1:2113?tls=false',
    );
  return url;
}

/** Undefined without a server: the engine then runs in the process. */
export const clickHouseUrl = (): string | undefined => process.env['CLICKHOUSE_URL'] || undefined;
