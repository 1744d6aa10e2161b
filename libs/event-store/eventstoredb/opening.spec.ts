// Opening a log: whoever opens it first names it for ever; what cannot work is said at once, with
// the host and the reason and never the password.
import { jest } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newEvents } from '../contract/log.ts';
import { IMPATIENT, onDouble } from '../../../test/support/eventstore-logs.ts';
import { LogNotBegun, LogUnreachable } from './log-errors.ts';
import { openEventStoreDb, openEventStoreDbReader } from './open.ts';

const at = onDouble();

async function refusalOf(connection: string, prefix = 'ledger.'): Promise<LogUnreachable> {
  const source = { kind: 'eventstoredb', connection, prefix } as const;
  const options = { ...IMPATIENT, startMs: 2_500 };
  const refused: unknown = await openEventStoreDb(source, options).catch((error) => error);
  expect(refused).toBeInstanceOf(LogUnreachable);
  expect(String((refused as Error).stack)).not.toContain('s3cret');
  return refused as LogUnreachable;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

describe('a log', () => {
  it('is named once, also by nodes that begin it at the same time', async () => {
    const stores = await Promise.all([at().open(), at().open(), at().open()]);
    expect(new Set(stores.map(({ logId }) => logId)).size).toBe(1);
    expect((await at().openReader()).logId).toBe(stores[0]!.logId);
  });

  it('of another prefix is another log', async () => {
    const [one, other] = [await at().open(), await at().open({ prefix: 'test.' })];
    await one.append('task-a', 'no_stream', newEvents(2));
    expect(other.logId).not.toBe(one.logId);
    expect(await other.readAll()).toEqual([]);
    expect(await other.readStream('task-a')).toEqual([]);
  });

  it('keeps what others set on its stream', async () => {
    const { client } = at().others;
    await client.setStreamMetadata('ledger.log', { acl: { readRoles: ['finance'] } });
    const { logId } = await at().open();
    const { metadata } = await client.getStreamMetadata('ledger.log');
    expect(metadata).toEqual({ acl: { readRoles: ['finance'] }, promoLedgerLogId: logId });
  });

  it('that nobody began is not begun by who only reads', async () => {
    await expect(at().openReader()).rejects.toBeInstanceOf(LogNotBegun);
    const store = await at().open();
    expect((await at().openReader()).logId).toBe(store.logId);
  });
});

/** Speaks HTTP/2 and nothing of the protocol. */
async function silentServer(): Promise<{ readonly port: number; close(): void }> {
  const server = createHttp2Server((_, response) => {
    response.writeHead(404);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { port, close: () => void server.close() };
}

describe('a server', () => {
  const withTls = onDouble({ tlsFolder: mkdtempSync(join(tmpdir(), 'opening-')) });

  it('where nobody listens is named with the reason', async () => {
    const port = await freePort();
    const { message } = await refusalOf(`esdb://ada:s3cret@127.0.0.1:${port}?tls=false`);
    expect(message).toContain(`127.0.0.1:${port}`);
    expect(message).toContain('ECONNREFUSED');
  });

  it('that cannot be found by its name is named', async () => {
    const { message } = await refusalOf('esdb://ada:s3cret@no-such-host.invalid?tls=false');
    expect(message).toContain('no-such-host.invalid');
  });

  it('none of a cluster can be found by is named', async () => {
    const [one, other] = [await freePort(), await freePort()];
    const hosts = `127.0.0.1:${one},127.0.0.1:${other}`;
    const { message } = await refusalOf(
      `esdb://ada:s3cret@${hosts}?tls=false&maxDiscoverAttempts=2`,
    );
    expect(message).toContain(hosts);
    for (const port of [one, other])
      expect(message).toContain(`127.0.0.1:${port}: connect ECONNREFUSED`);
  });

  it('is not trusted for a certificate of an authority that nobody named', async () => {
    const { port } = withTls().double;
    const hosts = `localhost:${port},127.0.0.1:${port}`;
    const { message } = await refusalOf(`esdb://ada:s3cret@${hosts}?maxDiscoverAttempts=2`);
    expect(message).toContain(`localhost:${port}, 127.0.0.1:${port}: self-signed certificate`);
  });

  it('that speaks TLS, or does not, while the others were to do otherwise is named', async () => {
    const { port } = withTls().double;
    const unread = await refusalOf(
      `esdb://ada:s3cret@localhost:${port},127.0.0.1:${port}?tls=false&maxDiscoverAttempts=2`,
    );
    expect(unread.message).toContain(`127.0.0.1:${port}: hangs up, as one does that wants TLS`);
    const { port: plain } = at().double;
    const unsafe = await refusalOf(
      `esdb://ada:s3cret@localhost:${plain},127.0.0.1:${plain}?maxDiscoverAttempts=2`,
    );
    expect(unsafe.message).toContain(`127.0.0.1:${plain}: does not speak TLS`);
  });

  it('that answers but knows of no leader is named', async () => {
    const silent = await silentServer();
    const hosts = `127.0.0.1:${silent.port},localhost:${silent.port}`;
    const { message } = await refusalOf(
      `esdb://ada:s3cret@${hosts}?tls=false&maxDiscoverAttempts=2`,
    );
    expect(message).toContain('takes connections, but names no leader');
    silent.close();
  });

  it('that does not answer is given up', async () => {
    at().double.faults.freeze();
    const { message } = await refusalOf(at().double.connection);
    expect(message).toMatch(/no answer|deadline|does not answer/i);
  });

  it('that does not speak TLS, where TLS is asked for, is refused', async () => {
    const { message } = await refusalOf(`esdb://ada:s3cret@127.0.0.1:${at().double.port}`);
    expect(message).toContain(String(at().double.port));
  });
});

describe('credentials', () => {
  const guarded = onDouble({ credentials: { username: 'ada', password: 's3cret' } });
  const closed = onDouble({ isAllClosed: true });

  it('that are not accepted are said to be', async () => {
    // Without TLS the client sends none.
    const connection = guarded().double.connection.replace('//', '//ada:s3cret@');
    const { message } = await refusalOf(connection);
    expect(message).toMatch(/has not the rights.*Denied/);
  });

  it('of somebody who may not read the whole log are said to lack the right', async () => {
    const { message } = await refusalOf(closed().double.connection);
    expect(message).toMatch(/has not the rights.*Denied/);
  });

  it('that are accepted no longer are said not to be, until they are again', async () => {
    const store = await at().open();
    at().double.faults.keepOut(true);
    await expect(store.readAll()).rejects.toThrow(/user or password is not accepted/);
    expect(store.health()).toEqual({
      isReachable: false,
      message: expect.stringMatching(/user or password is not accepted/),
    });
    at().double.faults.keepOut(false);
    await store.readAll();
    expect(store.health()).toEqual({ isReachable: true });
  });
});

describe('a connection string', () => {
  it.each([
    ['of another scheme', 'postgres://ada:s3cret@host:2113'],
    ['with TLS and nobody', 'esdb://host:2113'],
    ['with an option that its client does not know', 'esdb://ada:s3cret@host?tlsVerify=no'],
    ['that leaves certificates unverified', 'esdb://ada:s3cret@host?tlsVerifyCert=false'],
    ['with half a percent code', 'esdb://ada:s3cret%@host'],
    ['with a name alone', 'esdb://ada@host'],
    ['with a file that is not there', 'esdb://ada:s3cret@host?tlsCAFile=/no/such/ca.crt'],
  ])('%s is refused', async (_, connection) => {
    const said = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    await refusalOf(connection);
    expect(said).not.toHaveBeenCalled();
    said.mockRestore();
  });

  it.each(['$ledger.', 'the ledger.', 'ledger\n'])(
    'with the prefix %j is refused',
    async (prefix) => {
      const { message } = await refusalOf(at().double.connection, prefix);
      expect(message).toContain('prefix');
    },
  );

  it('may hold percent codes and options in any form', async () => {
    const { connection } = at().double;
    const source = {
      kind: 'eventstoredb',
      connection: `${connection.replace('//', '//ada:s3%3Acr%40et@')}&default_deadline=5000`,
      prefix: '',
    } as const;
    const store = await openEventStoreDb(source, IMPATIENT);
    const reader = await openEventStoreDbReader(source, IMPATIENT);
    expect(reader.logId).toBe(store.logId);
    await Promise.all([store.close(), reader.close()]);
  });
});
