// Boots the whole service on a data directory of its own, for tests: requests are injected without
// a socket, the clock stands where the test puts it, and what was stored can be read back.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { EventStore, StreamEvent } from '#event-store/port.ts';
import { type Config, configFrom } from '#api/config.ts';
import { createService } from '#api/serve.ts';
import { EVENT_STORE } from '#api/wiring.ts';

interface Reply {
  readonly status: number;
  readonly body: any;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface TestLedger {
  readonly app: NestFastifyApplication;
  readonly config: Config;
  readonly commands: CommandBus;
  readonly queries: QueryBus;
  readonly store: EventStore;
  /** What the service takes for now; assign to move it. */
  now: string;
  post(path: string, body?: object, headers?: Record<string, string>): Promise<Reply>;
  put(path: string, body?: object, headers?: Record<string, string>): Promise<Reply>;
  /** Sees every write that was answered before it: it sends the last position along. */
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  stored(stream: string): Promise<readonly StreamEvent[]>;
  /** Drains the service; `isKept` leaves the directory for the next boot. */
  close(isKept?: boolean): Promise<void>;
}

export interface Boot {
  readonly now?: string;
  readonly dataDirectory?: string;
  /** What the operator decided, such as on which store the log is. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Boots on an empty directory, or on one that an earlier ledger left with `close(true)`. */
export async function bootLedger({
  now = '2026-01-15T12:00:00.000Z',
  dataDirectory = '',
  environment = {},
}: Boot = {}): Promise<TestLedger> {
  const directory = dataDirectory || (await mkdtemp(join(tmpdir(), 'promo-ledger-')));
  const config = configFrom({
    PROMO_LEDGER_DATA: directory,
    PROMO_LEDGER_LOG_LEVEL: 'silent',
    ...environment,
  });
  const app = await createService(config, () => ledger.now);
  const store = app.get<EventStore>(EVENT_STORE);
  let position = '';

  const send = async (
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    body: object | undefined,
    headers: Record<string, string>,
  ): Promise<Reply> => {
    const reply = await app.inject({ method, url, headers, ...(body && { payload: body }) });
    position = String(reply.headers['promo-ledger-position'] ?? position);
    const isJson = /[/+]json/.test(String(reply.headers['content-type']));
    return {
      status: reply.statusCode,
      body: isJson && reply.body !== '' ? reply.json() : reply.body,
      headers: reply.headers as Reply['headers'],
    };
  };

  const ledger: TestLedger = {
    app,
    config,
    commands: app.get(CommandBus),
    queries: app.get(QueryBus),
    store,
    now,
    post: (path, body, headers = {}) => send('POST', path, body, headers),
    put: (path, body, headers = {}) => send('PUT', path, body, headers),
    get: (path, headers = {}) =>
      send('GET', path, undefined, {
        ...(position && { 'promo-ledger-position': position }),
        ...headers,
      }),
    stored: (stream) => store.readStream(stream),
    close: async (isKept = false) => {
      await app.close();
      if (!isKept) await rm(directory, { recursive: true, force: true });
    },
  };
  return ledger;
}
