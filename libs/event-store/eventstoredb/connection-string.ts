// Reads a connection string before the client does: the client prints the whole of it, password
// included, when it does not know an option, and takes its credentials for every call.
import { LogUnreachable } from './log-errors.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Server {
  readonly credentials: Credentials;
  /** For the client; without the userinfo, and with `keepAliveMs` in milliseconds. */
  readonly connection: (keepAliveMs: number) => string;
  readonly keepAliveMs: number;
  /** Each with its port. */
  readonly hosts: readonly string[];
  readonly isTls: boolean;
  readonly caFile: string | undefined;
}

/** What the client understands, as it compares them. */
const OPTIONS = new Set([
  'connectionname',
  'defaultdeadline',
  'discoveryinterval',
  'gossiptimeout',
  'keepaliveinterval',
  'keepalivetimeout',
  'maxdiscoverattempts',
  'nodepreference',
  'throwonappendfailure',
  'tls',
  'tlscafile',
  'tlsverifycert',
  'usercertfile',
  'userkeyfile',
]);

/** A server without TLS ignores them; with them each append is a call of its own. */
const NOBODY: Credentials = { username: 'ledger', password: 'none' };

const DEFAULT_PORT = 2113;

const DEFAULT_KEEP_ALIVE_MS = 10_000;

/** In seconds. Hosts are asked one by one: one that stands still must not use up a whole call. */
const GOSSIP_TIMEOUT_S = 1;

/** Throws LogUnreachable, naming `log` and never a password, for what could not be used. */
export function parseConnection(connection: string, log: string): Server {
  const refuse = (reason: string) => new LogUnreachable(log, reason);
  const parts = /^(esdb(?:\+discover)?:\/\/)(?:(.*)@)?([^@/?]+)\/*(?:\?([^@]*))?$/.exec(
    connection.trim(),
  );
  if (parts === null)
    throw refuse('the connection string is not esdb://[user:password@]host:port[?options]');
  const [, scheme, userinfo, hosts, query = ''] = parts;
  const options = query.split('&').filter((option) => option !== '');
  const given = new Map(options.map((option) => [nameOf(option), option]));
  for (const [name, option] of given)
    if (!OPTIONS.has(name)) throw refuse(`its client knows no option ${option.split('=')[0]}`);
  if (valueOf(given, 'tlsverifycert') === 'false')
    throw refuse('its client cannot leave certificates unverified; name the authority: tlsCAFile');
  const isTls = valueOf(given, 'tls') !== 'false';
  const credentials = userinfo === undefined ? NOBODY : credentialsIn(userinfo, refuse);
  if (isTls && userinfo === undefined)
    throw refuse('with TLS it wants credentials: esdb://user:password@host');
  // The store needs a conflict to be an error, whatever was wished for.
  const kept = options.filter(
    (o) => !['keepaliveinterval', 'throwonappendfailure'].includes(nameOf(o)),
  );
  if (!given.has('gossiptimeout')) kept.push(`gossipTimeout=${GOSSIP_TIMEOUT_S}`);
  return {
    credentials,
    isTls,
    hosts: hosts!.split(',').map((host) => (host.includes(':') ? host : `${host}:${DEFAULT_PORT}`)),
    caFile: valueOf(given, 'tlscafile'),
    keepAliveMs: Number(valueOf(given, 'keepaliveinterval') ?? DEFAULT_KEEP_ALIVE_MS),
    connection: (keepAliveMs) =>
      `${scheme}${hosts}?${[...kept, `keepAliveInterval=${keepAliveMs}`].join('&')}`,
  };
}

function nameOf(option: string): string {
  return option.split('=')[0]!.trim().toLowerCase().replaceAll(/[_-]/g, '');
}

function valueOf(given: ReadonlyMap<string, string>, name: string): string | undefined {
  return given.get(name)?.split('=').slice(1).join('=').trim();
}

function credentialsIn(userinfo: string, refuse: (reason: string) => Error): Credentials {
  const colon = userinfo.indexOf(':');
  if (colon < 1) throw refuse('its credentials are not user:password');
  try {
    return {
      username: decodeURIComponent(userinfo.slice(0, colon)),
      password: decodeURIComponent(userinfo.slice(colon + 1)),
    };
  } catch {
    throw refuse('its credentials are not percent-encoded: a % stands alone');
  }
}
