// Keeps the demo apart from what else is on the servers that are configured: its log must be an
// empty one, and its copy in ClickHouse goes into a database of its own, named so that it can be
// told from a ledger's. Nothing that was there before is written to or dropped.
import { randomBytes } from 'node:crypto';
import type { Config } from '#api/config.ts';
import { nameOf, openLogReader } from '#event-store/log-source.ts';
import { NO_POSITION } from '#event-store/port.ts';
import { CliFailure, EXIT } from '../failure.ts';

/** Room for what is put behind a database's name: 64 characters are the most. */
const LONGEST_NAME = 48;

/** A log in the data directory is begun anew with it; one on a server must hold nothing yet. */
export async function assertEmptyLog({ log }: Config): Promise<void> {
  if (log.kind === 'sqlite') return;
  const head = await headOf(log);
  if (head === NO_POSITION) return;
  throw new CliFailure(
    EXIT.files,
    `${nameOf(log)} holds a ledger already: a demo is made in an empty log. Give another ` +
      '--prefix where that ledger has one too, else another server.',
  );
}

async function headOf(log: Config['log']): Promise<bigint> {
  try {
    const reader = await openLogReader(log);
    return await reader.head().finally(() => reader.close());
  } catch (error) {
    if ((error as Error).name === 'LogNotBegun') return NO_POSITION;
    throw error;
  }
}

/** The same configuration, with a database in ClickHouse that nobody else has. */
export function withOwnDatabase(config: Config): Config {
  const { engine } = config;
  if (engine.kind !== 'clickhouse') return config;
  const mark = randomBytes(4).toString('hex');
  const database = `${engine.database.slice(0, LONGEST_NAME)}_demo_${mark}`;
  return { ...config, engine: { ...engine, database } };
}
