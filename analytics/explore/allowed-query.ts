// What an analyst's query may be: one SELECT over the views, with table functions that only make
// rows. Judged on the engine's own syntax tree, so that no spelling gets round it. Files,
// extensions and settings are shut off in the engine besides: this also keeps out what could harm
// the process.
import type { DuckDBConnection } from '@duckdb/node-api';

/** The query is not allowed or cannot be run; the message is the engine's, without file names. */
export class QueryRefused extends Error {
  override readonly name = 'QueryRefused';
}

const TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'duckdb_columns',
  'duckdb_functions',
  'duckdb_views',
  'generate_series',
  'json_each',
  'json_tree',
  'range',
  'repeat',
  'unnest',
]);

interface Serialized {
  readonly error: boolean;
  readonly error_message?: string;
  readonly statements?: readonly unknown[];
}

export async function assertAllowed(connection: DuckDBConnection, sql: string): Promise<void> {
  const parsing = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql]);
  const parsed = JSON.parse(String(parsing.getRows()[0]?.[0])) as Serialized;
  if (parsed.error || !parsed.statements) throw new QueryRefused(reasonOf(parsed.error_message));
  if (parsed.statements.length !== 1) throw new QueryRefused('the query must be one SELECT');
  assertTableFunctions(parsed.statements[0]);
}

/** The engine's words for anything but a SELECT speak of its own serializer. */
function reasonOf(message = ''): string {
  if (!message.startsWith('Only SELECT')) return message;
  return 'the query must be a SELECT: nothing can be changed from here';
}

function assertTableFunctions(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const { type, function: called } = node as { type?: unknown; function?: unknown };
  if (type === 'TABLE_FUNCTION') {
    const name = String((called as { function_name?: unknown } | null)?.function_name);
    if (!TABLE_FUNCTIONS.has(name.toLowerCase()))
      throw new QueryRefused(`${name} cannot be used here: the lake is in the views`);
  }
  for (const part of Object.values(node)) assertTableFunctions(part);
}
