// DuckDB as analytics uses it: in this process, bounded in memory and threads, never downloading
// anything, times in UTC. Scripts are `.sql` files; their input comes in as variables.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';

export interface Engine {
  readonly connection: DuckDBConnection;
  /** One more, for a query beside another one: sees what is not TEMP, and has its own variables. */
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

export interface EngineLimits {
  readonly memoryMb: number;
  /** It spills into a directory of its own in here, which is gone when it is closed. */
  readonly spillDirectory: string;
  /** Default 2. */
  readonly threads?: number;
}

export async function openEngine({
  memoryMb,
  spillDirectory,
  threads = 2,
}: EngineLimits): Promise<Engine> {
  mkdirSync(spillDirectory, { recursive: true });
  const spill = mkdtempSync(join(spillDirectory, 'engine-'));
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: `${memoryMb}MB`,
    temp_directory: spill,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connections: DuckDBConnection[] = [];
  const connect = async () => {
    const connection = await instance.connect();
    connections.push(connection);
    await connection.run("SET TimeZone = 'UTC'");
    return connection;
  };
  return {
    connection: await connect(),
    connect,
    close: () => {
      for (const connection of connections) connection.closeSync();
      instance.closeSync();
      rmSync(spill, { recursive: true, force: true });
    },
  };
}

/** What a script reads with `getvariable`: numbers as BIGINT, lists of file names, text. */
export type Variables = Readonly<Record<string, string | bigint | boolean | readonly string[]>>;

export async function setVariables(connection: DuckDBConnection, variables: Variables) {
  for (const [name, value] of Object.entries(variables)) {
    await connection.run(`SET VARIABLE ${name} = ${literal(value)}`);
  }
}

/** An SQL literal. Text is quoted, so that no file name or id can be read as SQL. */
export function literal(value: Variables[string]): string {
  if (typeof value === 'bigint') return `${value}::BIGINT`;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quoted(value);
  return `[${value.map(quoted).join(', ')}]::VARCHAR[]`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** All rows of a small result, as objects. */
export async function rowsOf(
  connection: DuckDBConnection,
  sql: string,
): Promise<readonly Readonly<Record<string, DuckDBValue>>[]> {
  const result = await connection.runAndReadAll(sql);
  return result.getRowObjects();
}
