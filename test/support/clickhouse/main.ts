// A ClickHouse server for tests, where none can be installed: the real engine (chdb) behind as
// much of ClickHouse's HTTP interface as its client uses. A process of its own, so that many can
// use it, and it can be killed. One statement at a time. `node main.ts --port 0 --directory d`
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { Session } from 'chdb';
import { onOneNode, startInCluster } from './one-node-cluster.ts';
import { AS_STOCK, withRows } from './stock.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    directory: { type: 'string', default: '.' },
    cluster: { type: 'boolean', default: false },
  },
});
if (values.cluster) startInCluster(values.directory);
const engine = new Session(values.directory);
let turn: Promise<unknown> = engine.queryAsync(AS_STOCK);

/** What the client says in the address that is no setting of the engine. */
const NOT_SETTINGS = new Set(['query', 'query_id', 'database', 'session_id', 'default_format']);
/** Settings of the interface that the engine in a process has not. */
const OF_HTTP =
  /^(wait_end_of_query|http_.*|send_progress_in_http_headers|enable_http_compression)$/;

const server = createServer((request, response) => {
  const answered = turn.then(() => answer(request, response));
  turn = answered.catch(() => response.destroy());
});
server.listen(Number(values.port), '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.once('disconnect', () => process.exit(0));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url!, 'http://127.0.0.1');
  if (url.pathname === '/ping') {
    response.end('Ok.\n');
    return;
  }
  const body = await bodyOf(request);
  try {
    await prepare(url.searchParams);
    const format = url.searchParams.get('default_format') ?? 'TabSeparated';
    const ask = (statement: string) =>
      engine.queryAsync(values.cluster ? onOneNode(statement) : statement, { format });
    const statement = url.searchParams.get('query');
    const result = await (statement === null
      ? ask(body.toString('utf8'))
      : withRows(statement, body, ask));
    response.setHeader('x-clickhouse-query-id', url.searchParams.get('query_id') ?? '');
    response.end(result.bytes());
  } catch (error) {
    const message = (error as Error).message;
    response.statusCode = 500;
    response.end(message.startsWith('Code:') ? message : `Code: 1. DB::Exception: ${message}`);
  }
}

let prepared = '';

/** The engine keeps database, settings and parameters until they are said otherwise. */
async function prepare(address: URLSearchParams): Promise<void> {
  const script = [`USE ${address.get('database') ?? 'default'}`];
  for (const [name, value] of address) {
    if (NOT_SETTINGS.has(name) || OF_HTTP.test(name)) continue;
    script.push(`SET ${name} = '${value.replaceAll(/['\\]/g, '\\$&')}'`);
  }
  const wanted = script.join(';\n');
  if (wanted === prepared) return;
  prepared = '';
  await engine.queryAsync(wanted);
  prepared = wanted;
}

/** The statement, or, where the address holds that, the rows of an insert. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
