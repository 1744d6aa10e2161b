// The deployment cannot be run where the tests run, so its files are held to what the service, the
// servers and whoever operates them need of them.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { configFrom, Environment, SECRETS } from '#api/config.ts';
import { STOCK_VERSION } from '../../../test/support/clickhouse/stock.ts';

interface Service {
  readonly image?: string;
  readonly build?: object;
  readonly restart: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly network_mode?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[];
}

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const text = read('./compose.yaml');
const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
  readonly secrets: Readonly<Record<string, { readonly environment: string }>>;
};
const services = Object.entries(compose.services);
const nodes = services.filter(([name]) => name.startsWith('api-'));
const once = services.filter(([, { restart }]) => restart === 'no').map(([name]) => name);

/** What start.sh leaves in `.env`, with a docker that does nothing. */
function startedWith(): ReadonlyMap<string, string> {
  const directory = mkdtempSync(join(tmpdir(), 'deploy-'));
  try {
    cpSync(new URL('./start.sh', import.meta.url), join(directory, 'start.sh'));
    writeFileSync(join(directory, 'docker'), '#!/bin/sh\necho "$@" >> told\n', { mode: 0o755 });
    const env = { ...process.env, PATH: `${directory}${delimiter}${process.env['PATH']}` };
    const start = () => execFileSync('sh', ['start.sh'], { cwd: directory, env });
    start();
    const first = readFileSync(join(directory, '.env'), 'utf8');
    start();
    expect(readFileSync(join(directory, '.env'), 'utf8')).toBe(first);
    expect(statSync(join(directory, '.env')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory, 'told'), 'utf8')).toContain('compose up');
    const lines = first.trim().split('\n');
    return new Map(lines.map((line) => [/^\w+/.exec(line)![0], line.replace(/^\w+=/, '')]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const drawn = startedWith();

/** The environment of a node as its process sees it, with secrets where they are mounted. */
function configOf([, { environment, secrets }]: (typeof nodes)[number]) {
  const variables = { ...environment };
  for (const name of SECRETS) {
    const mounted = variables[`${name}_FILE`]!.replace('/run/secrets/', '');
    delete variables[`${name}_FILE`];
    const secret = secrets!
      .map((each) => (typeof each === 'string' ? { source: each, target: each } : each))
      .find(({ target }) => target === mounted)!;
    variables[name] = drawn.get(compose.secrets[secret.source]!.environment)!;
  }
  return configFrom(variables);
}

describe('every service', () => {
  it.each(services)('%s is of one version and is looked after', (name, service) => {
    expect(service.image).toMatch(/^[\w./-]+:v?\d+\.\d+(\.\d+)+[\w.-]*$/);
    if (once.includes(name)) return;
    expect(service.restart).toBe('unless-stopped');
    expect(service.healthcheck?.test.length).toBeGreaterThan(1);
  });

  it('keeps its state in a volume that is declared, and every volume is used', () => {
    const state: Readonly<Record<string, string>> = {
      'eventstore/eventstore': '/var/lib/eventstore',
      'clickhouse/clickhouse-server': '/var/lib/clickhouse',
      'clickhouse/clickhouse-keeper': '/var/lib/clickhouse-keeper',
    };
    const mounted = services.flatMap(([, { volumes = [] }]) => volumes.map((v) => v.split(':')));
    const named = new Set(mounted.map(([source]) => source!).filter((s) => !s.startsWith('.')));
    expect([...named].sort()).toEqual(Object.keys(compose.volumes).sort());
    for (const [, { image, volumes = [] }] of services) {
      const directory = state[image!.split(':')[0]!];
      if (directory === undefined) continue;
      const own = volumes.filter((volume) => volume.endsWith(`:${directory}`));
      expect(own).toHaveLength(1);
    }
    const homes = nodes.map(([, { volumes }]) => volumes!.find((v) => v.endsWith(':/data')));
    expect(new Set(homes).size).toBe(nodes.length);
  });

  it('has no secret in the clear, and start.sh draws each that is asked for', () => {
    for (const [name, { environment = {} }] of services)
      for (const [variable, value] of Object.entries(environment))
        if (/PASSWORD|SECRET|_URL/.test(variable))
          expect(`${name} ${variable}=${value}`).toMatch(/=(\$\{\w+:\?.+\}|\/run\/secrets\/.+)$/);
    const asked = [...text.matchAll(/\$\{(\w+):\?/g)].map(([, variable]) => variable!);
    const mounted = Object.values(compose.secrets).map(({ environment }) => environment);
    expect([...new Set([...asked, ...mounted])].sort()).toEqual([...drawn.keys()].sort());
    for (const value of drawn.values()) expect(value.length).toBeGreaterThan(30);
  });
});

describe('the nodes of the service', () => {
  it('are configured by variables that exist, and by values that are taken', () => {
    const known = [...Object.keys(Environment.shape), ...SECRETS.map((name) => `${name}_FILE`)];
    for (const node of nodes) {
      for (const variable of Object.keys(node[1].environment!)) expect(known).toContain(variable);
      const config = configOf(node);
      expect(config.log).toMatchObject({ kind: 'eventstoredb', prefix: '' });
      expect(config.engine).toMatchObject({ kind: 'clickhouse', cluster: 'promo_ledger' });
    }
    expect(nodes).toHaveLength(2);
  });

  it('bind to loopback, which the proxy shares, and only this machine reaches the proxy', () => {
    const proxied = [...read('./haproxy.cfg').matchAll(/^ {2}server \S+ (\S+) check$/gm)];
    const bound = nodes.map((node) => {
      const { host, port } = configOf(node);
      expect(node[1].network_mode).toBe('service:proxy');
      expect(node[1].healthcheck!.test.at(-1)).toBe(String(port));
      return `${host}:${port}`;
    });
    expect(proxied.map(([, address]) => address)).toEqual(bound);
    expect(read('./haproxy.cfg')).toContain('httpchk GET /health/ready');
    // Without it an upgrade under load breaks off requests that no node has seen.
    expect(read('./haproxy.cfg')).toMatch(/^ {2}option http-server-close$/m);
    const published = services.flatMap(([name, { ports = [] }]) => ports.map((p) => [name, p]));
    expect(published).toEqual([['proxy', '127.0.0.1:3000:3000']]);
  });

  it('have the same buyer keys before the second one starts', () => {
    expect(compose.services['api-2']!.depends_on).toMatchObject({
      'buyer-keys': { condition: 'service_completed_successfully' },
    });
    const { depends_on, volumes } = compose.services['buyer-keys']!;
    expect(depends_on).toEqual({ 'api-1': { condition: 'service_healthy' } });
    expect(volumes).toEqual(['api-1:/from:ro', 'api-2:/to']);
  });
});

describe('the servers', () => {
  const stores = services.filter(([name]) => name.startsWith('eventstore-'));

  it('of the log are three, with certificates of an authority of their own', () => {
    const names = stores.map(([name]) => name);
    expect(names).toHaveLength(3);
    for (const [name, { environment = {}, depends_on }] of stores) {
      expect(depends_on).toEqual({ certificates: { condition: 'service_completed_successfully' } });
      expect(environment['EVENTSTORE_CLUSTER_SIZE']).toBe('3');
      expect(environment['EVENTSTORE_INSECURE']).toBeUndefined();
      expect(environment['EVENTSTORE_CERTIFICATE_FILE']).toBe(`/certs/${name}/node.crt`);
      expect(environment['EVENTSTORE_NODE_HOST_ADVERTISE_AS']).toBe(name);
      const others = names.filter((each) => each !== name).map((each) => `${each}:2113`);
      expect(environment['EVENTSTORE_GOSSIP_SEED']).toBe(others.join(','));
    }
    const url = drawn.get('EVENTSTORE_URL')!;
    for (const name of names) expect(url).toContain(`${name}:2113`);
    expect(url).toMatch(/\?tls=true&tlsCAFile=\/certs\/ca\.crt$/);
  });

  it('give the service the certificate of the authority and no key', () => {
    for (const [, { volumes }] of nodes) {
      expect(volumes).toContain('authority:/certs:ro');
      expect(volumes!.join(' ')).not.toContain('certificates:');
    }
  });

  it('of ClickHouse are of the version whose defaults the tests run under', () => {
    const images = services.map(([, { image }]) => image ?? '');
    const versions = images.filter((image) => image.startsWith('clickhouse/'));
    expect(versions).toHaveLength(3);
    for (const image of versions) expect(image).toContain(`:${STOCK_VERSION}.`);
  });

  it('of ClickHouse are the cluster that the service is told of', () => {
    const cluster = read('./clickhouse/cluster.xml');
    const hosts = [...cluster.matchAll(/<replica>\s*<host>(.+?)<\/host>/g)].map(([, host]) => host);
    expect(hosts).toEqual(['clickhouse-1', 'clickhouse-2']);
    expect(cluster).toContain('<promo_ledger>');
    expect(cluster).toContain('<host>clickhouse-keeper</host>');
    const urls = ['CLICKHOUSE_1_URL', 'CLICKHOUSE_2_URL'].map((name) => drawn.get(name)!);
    expect(urls.map((url) => new URL(url).hostname)).toEqual(hosts);
    for (const host of hosts)
      expect(compose.services[host!]!.environment).toMatchObject({ CLUSTER_REPLICA: host });
    for (const variable of cluster.matchAll(/from_env="(\w+)"/g))
      expect(compose.services['clickhouse-1']!.environment).toHaveProperty(variable[1]!);
  });
});

it('the image is built from one version of Node, and serves', () => {
  const dockerfile = read('./Dockerfile');
  const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  expect(new Set(images)).toEqual(new Set([expect.stringMatching(/^node:24\.\d+\.\d+-/)]));
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(/^CMD \["serve"\]$/m);
});
