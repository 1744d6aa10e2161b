// What an address of a store or an engine may look like. The client of EventStoreDB prints the
// whole connection when it does not understand a part of it: everything is looked at here first.
// A password is never part of a message.
import { z } from 'zod';

const HOST = String.raw`[A-Za-z0-9._-]+(?::\d{1,5})?`;
const CONNECTION = new RegExp(
  String.raw`^esdb(?:\+discover)?://(?:[^:@/?#]+:[^:@/?#]+@)?${HOST}(?:,${HOST})*/?(?:\?(.+))?$`,
);

const COUNTS = ['maxDiscoverAttempts', 'defaultDeadline', 'discoveryInterval', 'gossipTimeout'];
const TIMES = ['keepAliveInterval', 'keepAliveTimeout'];
const TEXTS = ['connectionName', 'tlsCAFile', 'userCertFile', 'userKeyFile'];

/** `tlsVerifyCert` is not among them: the client does not heed it. */
const OPTIONS: Readonly<Record<string, RegExp>> = {
  tls: /^(true|false)$/,
  nodePreference: /^(leader|follower|readOnlyReplica|random)$/,
  ...Object.fromEntries([...COUNTS, ...TIMES].map((name) => [name, /^-?\d{1,9}$/])),
  ...Object.fromEntries(TEXTS.map((name) => [name, /^[^&?]+$/])),
};

/** esdb:// or esdb+discover://, one host or several; credentials are percent-encoded. */
export const EventStoreDbConnection = z.string().superRefine((connection, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  const match = CONNECTION.exec(connection);
  if (match === null)
    return refuse(
      'must be like esdb://user:password@host:2113?tls=true, with what is special in the ' +
        'password percent-encoded (its value is not shown)',
    );
  for (const option of match[1]?.split('&') ?? []) {
    const [name = '', value = '', ...more] = option.split('=');
    const form = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    if (form === undefined || more.length > 0)
      return refuse(`has an option that is not one of ${Object.keys(OPTIONS).join(', ')}`);
    if (!form.test(value)) return refuse(`has a value of ${name} that is not understood`);
  }
});

/**
 * Before the names of the ledger's streams. No `-`: what stands before the first one is a stream's
 * category. No `$`: such streams are the system's.
 */
export const StreamPrefix = z
  .string()
  .regex(
    /^([A-Za-z][A-Za-z0-9_.]{0,63})?$/,
    'must begin with a letter and hold letters, digits, `_` and `.` only, at most 64',
  );

/** http:// or https://; credentials are percent-encoded. */
export const ClickHouseUrl = z.string().refine(
  (text) => {
    const url = URL.parse(text);
    return url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.hash;
  },
  { error: 'must be like http://user:password@host:8123 (its value is not shown)' },
);

export const ClickHouseName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'must be a name of letters, digits and `_`');
