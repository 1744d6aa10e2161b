// DESIGN section 8 as data: which folder may import what. Specs may import anything: they put parts
// together as tests do.
import { posix } from 'node:path';

export interface Import {
  /** Repository path of the importing file. */
  readonly from: string;
  /** Repository path for our own files, else the package's name. */
  readonly to: string;
}

interface Rule {
  readonly folder: string;
  readonly may: readonly string[];
}

const NODE = 'node:';
const NEST = ['@nestjs/', 'reflect-metadata', 'rxjs', 'fastify', '@fastify/', 'zod', 'pino'];

/** The first rule whose folder holds the file decides; more special folders stand first. */
const RULES: readonly Rule[] = [
  { folder: 'libs/ledger/', may: ['libs/ledger/', 'zod'] },
  {
    folder: 'libs/event-store/contract/',
    may: ['libs/event-store/', 'libs/ledger/', NODE, 'fast-check'],
  },
  {
    folder: 'libs/event-store/eventstoredb/',
    may: ['libs/event-store/', 'libs/ledger/', NODE, '@eventstore/db-client'],
  },
  {
    folder: 'libs/event-store/',
    may: ['libs/event-store/', 'libs/ledger/', NODE, 'zod'],
  },
  {
    folder: 'libs/read-store/',
    may: ['libs/read-store/', 'libs/ledger/', 'libs/event-store/port.ts', NODE, 'zod'],
  },
  {
    folder: 'projections/',
    may: ['projections/', 'libs/read-store/projection.ts', 'libs/ledger/'],
  },
  {
    folder: 'analytics/',
    may: [
      'analytics/',
      'libs/ledger/',
      'libs/event-store/',
      '@duckdb/node-api',
      '@duckdb/node-bindings',
      '@clickhouse/client',
      NODE,
      'zod',
    ],
  },
  { folder: 'apps/api/src/main.ts', may: ['apps/api/src/', 'libs/', ...NEST, NODE] },
  { folder: 'apps/api/src/app.module.ts', may: ['*'] },
  { folder: 'apps/api/src/follower/', may: ['*'] },
  {
    folder: 'apps/api/src/commands/',
    may: ['apps/api/src/', 'libs/ledger/', 'libs/event-store/', ...NEST, NODE],
  },
  {
    folder: 'apps/api/src/processes/',
    may: ['apps/api/src/', 'libs/', 'projections/', 'analytics/', ...NEST, NODE],
  },
  {
    folder: 'apps/api/src/queries/',
    may: ['apps/api/src/', 'libs/', 'projections/', 'analytics/', ...NEST, NODE],
  },
  { folder: 'apps/', may: ['*'] },
  { folder: 'test/', may: ['*'] },
];

/** What an allowed folder holds that is forbidden all the same. */
const NEVER: readonly { readonly folder: string; readonly to: RegExp; readonly why: string }[] = [
  {
    folder: 'projections/',
    to: /^libs\/ledger\/(?!.*(events|postings|streams|values|reward|order-content)\.ts$)/,
    why: 'a projection knows events and postings, no decisions',
  },
  {
    folder: 'apps/api/src/queries/',
    to: /^(apps\/api\/src\/(commands|processes)\/|libs\/event-store\/(?!port))/,
    why: 'a query reads, it decides nothing and opens no store',
  },
  {
    folder: 'apps/api/src/commands/',
    to: /^apps\/api\/src\/queries\//,
    why: 'a command does not read read models',
  },
  {
    folder: 'analytics/',
    to: /^libs\/ledger\/(?!.*(events|values|streams|canonical-json|reward|currency)\.ts$)/,
    why: 'statements are computed from events, not by decisions',
  },
  {
    folder: 'libs/',
    to: /^(apps|projections|analytics|test)\//,
    why: 'libraries know nothing of what uses them',
  },
  { folder: 'apps/', to: /^test\//, why: 'the product does not import its tests' },
];

/** Why this import breaks the law, or undefined when it does not. */
export function broken({ from, to }: Import): string | undefined {
  if (from.endsWith('.spec.ts')) return undefined;
  const never = NEVER.find((rule) => from.startsWith(rule.folder) && rule.to.test(to));
  if (never) return `${from} imports ${to}: ${never.why}`;
  const rule = RULES.find((candidate) => from.startsWith(candidate.folder));
  if (!rule) return `${from}: no rule says what may be imported here`;
  if (rule.may.some((prefix) => prefix === '*' || to.startsWith(prefix))) return undefined;
  return `${from} imports ${to}: ${rule.folder} may import only ${rule.may.join(', ')}`;
}

const ALIASES: Readonly<Record<string, string>> = {
  '#ledger/': 'libs/ledger/',
  '#event-store/': 'libs/event-store/',
  '#read-store/': 'libs/read-store/',
  '#projections/': 'projections/',
  '#analytics/': 'analytics/',
  '#api/': 'apps/api/src/',
  '#cli/': 'apps/cli/',
};

const SPECIFIER = /(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)['"]([^'"]+)['"]/gm;

export function importsOf(file: string, source: string): Import[] {
  return [...source.matchAll(SPECIFIER)].map(([, specifier]) => ({
    from: file,
    to: resolved(file, specifier!),
  }));
}

function resolved(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier);
  const alias = Object.keys(ALIASES).find((prefix) => specifier.startsWith(prefix));
  return alias ? ALIASES[alias]! + specifier.slice(alias.length) : specifier;
}
