import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { broken, importsOf } from './import-law.ts';
import { untidy } from './style.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '');
const sources = tracked
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, source: readFileSync(`${root}/${file}`, 'utf8') }));

describe('the import law', () => {
  it('holds in every file', () => {
    expect(sources.length).toBeGreaterThan(20);
    const breaches = sources.flatMap(({ file, source }) =>
      importsOf(file, source)
        .map(broken)
        .filter((breach) => breach !== undefined),
    );
    expect(breaches).toEqual([]);
  });

  it.each([
    ['libs/ledger/order.ts', "import { x } from 'node:crypto';"],
    ['libs/ledger/order.ts', "import { x } from '#event-store/port.ts';"],
    ['libs/event-store/runner.ts', "import { x } from '#read-store/projection.ts';"],
    ['libs/event-store/runner.ts', "import { x } from '../../projections/index.ts';"],
    ['libs/event-store/runner.ts', "import { x } from '@eventstore/db-client';"],
    ['libs/read-store/rows.ts', "import { x } from '#event-store/sqlite-store.ts';"],
    ['libs/read-store/rows.ts', "import { x } from '#api/config.ts';"],
    ['projections/orders/projection.ts', "import { x } from '#ledger/order.ts';"],
    ['projections/orders/projection.ts', "import { x } from 'node:sqlite';"],
    ['projections/orders/projection.ts', "import { x } from '#event-store/port.ts';"],
    ['apps/api/src/commands/take-order.ts', "import { x } from '#projections/index.ts';"],
    ['apps/api/src/commands/take-order.ts', "import { x } from '#read-store/projection.ts';"],
    ['apps/api/src/queries/tasks.ts', "import { x } from '../commands/take-order.ts';"],
    ['apps/api/src/queries/tasks.ts', "import { x } from '#event-store/runner.ts';"],
    ['analytics/statements/fold.ts', "import { x } from '#ledger/order.ts';"],
    ['analytics/statements/fold.ts', "import { x } from '#api/config.ts';"],
    ['analytics/statements/fold.ts', "import x from '@nestjs/common';"],
    ['apps/cli/main.ts', "const x = await import('../../test/support/market.ts');"],
    ['tools/x.ts', "import { x } from 'zod';"],
  ])('is broken by %s when it says %s', (file, source) => {
    expect(importsOf(file, source).map(broken)).toEqual([expect.stringContaining(file)]);
  });
});

describe('the house style', () => {
  it('holds in every file', () => {
    expect(sources.flatMap(({ file, source }) => untidy(file, source))).toEqual([]);
  });

  const header = '// Says what it guarantees.\n';
  it.each([
    ['a/camelCase.ts', header, 'kebab-case'],
    ['a/x.ts', 'export const x = 1;\n', 'opens without saying'],
    ['a/x.ts', header + 'x;\n'.repeat(300), '301 lines'],
    ['a/x.ts', `${header}const x = '${'y'.repeat(100)}';\n`, 'wider than'],
    ['a/x.ts', `${header}${['//', 'TODO: later'].join(' ')}\n`, 'not finished'],
    ['a/x.ts', `${header}// ---- section ----\n`, 'a banner'],
    ['a/x.ts', `${header}// const x = 1;\n`, 'commented out'],
    ['a/x.ts', `${header}function f() {\n${'x();\n'.repeat(60)}}\n`, 'a function of 62 lines'],
    ['a/x.ts', `${header}function f(a, b, c, d, e) {}\n`, '5 parameters'],
    ['a/x.ts', `${header}class OrderManager {}\n`, 'says nothing'],
    ['a/x.ts', `${header}interface IOrder {}\n`, 'says nothing'],
  ])('is broken by %s %#', (file, source, why) => {
    expect(untidy(file, source)).toEqual([expect.stringContaining(why)]);
  });
});

describe('the top level of the repository', () => {
  it('holds what was decided and nothing else', () => {
    const allowed = new Set([
      ...['apps', 'libs', 'projections', 'analytics', 'test', 'nest-cli.json', 'package.json'],
      ...['tsconfig.json', 'README.md', 'package-lock.json', 'LICENSE'],
    ]);
    const top = new Set(tracked.map((file) => file.split('/')[0]!));
    expect([...top].filter((name) => !name.startsWith('.') && !allowed.has(name))).toEqual([]);
  });
});
