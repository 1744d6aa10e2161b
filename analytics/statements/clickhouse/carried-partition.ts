// The partitions that a close left in ClickHouse, told apart from any others by what they hold:
// beside the close's other files stands how many rows there were and a sum of their hashes.
import { readFileSync, writeFileSync } from 'node:fs';
import { sqlFile } from '../../sql-file.ts';
import type { ClickHouse } from '../../clickhouse/client.ts';

const CARRIED = new URL('carried.sql', import.meta.url);

export interface CarriedFiles {
  readonly entriesFile: string;
  readonly balancesFile: string;
}

export async function describeCarried(
  clickhouse: ClickHouse,
  period: string,
  { entriesFile, balancesFile }: CarriedFiles,
): Promise<void> {
  const { entries, balances } = await carriedNow(clickhouse, period);
  writeFileSync(entriesFile, entries);
  writeFileSync(balancesFile, balances);
}

/** True when the partitions hold what these files say. */
export async function isAsLeft(
  clickhouse: ClickHouse,
  period: string,
  { entriesFile, balancesFile }: CarriedFiles,
): Promise<boolean> {
  const { entries, balances } = await carriedNow(clickhouse, period);
  return (
    readFileSync(entriesFile, 'utf8') === entries && readFileSync(balancesFile, 'utf8') === balances
  );
}

async function carriedNow(clickhouse: ClickHouse, period: string) {
  const [row] = await clickhouse.rows(sqlFile(CARRIED), { period });
  const text = (part: string) => `${JSON.stringify({ period, [part]: row?.[part] })}\n`;
  return { entries: text('entries'), balances: text('balances') };
}
