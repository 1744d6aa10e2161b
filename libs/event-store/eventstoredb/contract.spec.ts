// The contract on EventStoreDB: always on the double, on a real server when EVENTSTORE_URL names
// one, and in a container when there is Docker. On a shared server each log has its own prefix.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import {
  type EventStoreDouble,
  startEventStoreDouble,
} from '../../../test/support/eventstore-double/double.ts';
import type { OpenLog } from '../contract/log.ts';
import { storeContract } from '../store-contract.ts';
import { openEventStoreDb } from './open.ts';

const IMAGE = 'eventstore/eventstore:23.10.0-bookworm-slim';
const PORT = 2113;
const A_PULL_MS = 300_000;

const url = process.env['EVENTSTORE_URL'];
const hasDocker = process.env['DOCKER_HOST'] !== undefined || existsSync('/var/run/docker.sock');

function emptyLogAt(connection: () => string): OpenLog {
  return async () => {
    const prefix = `contract.${randomUUID().slice(0, 8)}.`;
    const source = { kind: 'eventstoredb', connection: connection(), prefix } as const;
    let store = await openEventStoreDb(source);
    return {
      store,
      reopen: async () => {
        await store.close();
        store = await openEventStoreDb(source);
        return store;
      },
      remove: () => store.close(),
    };
  };
}

describe('on the double', () => {
  let double: EventStoreDouble;
  beforeAll(async () => {
    double = await startEventStoreDouble();
  });
  afterAll(() => double.stop());

  storeContract(
    'EventStoreDB',
    emptyLogAt(() => double.connection),
  );
});

describe('on the double, the ledger alone', () => {
  storeContract('EventStoreDB', async () => {
    const double = await startEventStoreDouble();
    const { connection } = double;
    const source = { kind: 'eventstoredb', connection, prefix: '' } as const;
    const store = await openEventStoreDb(source);
    return { store, remove: () => store.close().then(() => double.stop()) };
  });
});

if (url === undefined) console.log('skipping a real EventStoreDB: EVENTSTORE_URL names none');
(url === undefined ? describe.skip : describe)('on the server at EVENTSTORE_URL', () => {
  storeContract(
    'EventStoreDB',
    emptyLogAt(() => url!),
  );
});

if (!hasDocker) console.log('skipping EventStoreDB in a container: there is no Docker');
(hasDocker && url === undefined ? describe : describe.skip)('in a container', () => {
  let container: StartedTestContainer;
  beforeAll(async () => {
    container = await new GenericContainer(IMAGE)
      .withCommand(['--insecure', '--mem-db'])
      .withExposedPorts(PORT)
      .withWaitStrategy(Wait.forHttp('/health/live', PORT).forStatusCode(204))
      .start();
  }, A_PULL_MS);
  afterAll(() => container?.stop());

  storeContract(
    'EventStoreDB',
    emptyLogAt(() => `esdb://${container.getHost()}:${container.getMappedPort(PORT)}?tls=false`),
  );
});
