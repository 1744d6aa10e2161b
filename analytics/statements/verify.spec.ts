import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { openEngine, literal } from '../duckdb/engine.ts';
import { manifestFile, readManifest } from '../lake/manifest.ts';
import { hashOf } from '../lake/segments.ts';
import { HandmadeLog, RATE_10_PERCENT } from '../testing/handmade-log.ts';
import { openDocuments } from './documents.ts';
import type { ComputedRun } from './run.ts';
import { verifyRun, verifyStatement } from './verify.ts';

const AT = '2026-02-05T00:00:00.000Z';
const KEY = { payeeId: 'p1', currency: 'USD', period: '2026-01' };

describe('verifying a statement from zero', () => {
  let log: HandmadeLog;
  let run: ComputedRun;

  beforeEach(async () => {
    log = new HandmadeLog();
    await log.setRules();
    for (const [orderId, payeeId] of [
      ['o1', 'p1'],
      ['o2', 'p1'],
      ['o3', 'p2'],
    ] as const) {
      await log.confirm({
        orderId,
        payeeId,
        currency: 'USD',
        plan: RATE_10_PERCENT,
        lines: [1_000n],
        occurredAt: '2026-01-10T00:00:00.000Z',
        clearsAt: '2026-01-17T00:00:00.000Z',
      });
    }
    await log.close('2026-01', AT);
    run = await log.issue('2026-01', AT);
  });
  afterEach(() => log.end());

  const inFile = (file: string, change: (database: DatabaseSync) => void) => {
    const database = new DatabaseSync(file);
    change(database);
    database.close();
  };

  it('matches what was issued', async () => {
    expect(await verifyStatement(log.workspace, KEY)).toEqual({
      outcome: 'match',
      documentSha256: run.statements[0]!.documentSha256,
      lineCount: 2,
      isKept: true,
    });
    expect(await verifyRun(log.workspace, '2026-01')).toEqual({
      period: '2026-01',
      statements: 2,
      matching: 2,
      manifestMatches: true,
      differences: [],
    });
  });

  it('needs nothing that the run left: no documents, no lake, no carry', async () => {
    rmSync(log.workspace.documentsFile);
    rmSync(log.workspace.lakeDirectory, { recursive: true });
    expect(await verifyStatement(log.workspace, KEY)).toMatchObject({
      outcome: 'match',
      isKept: false,
    });
  });

  it('says when there is nothing to verify', async () => {
    const key = { ...KEY, payeeId: 'p9' };
    expect(await verifyStatement(log.workspace, key)).toEqual({ outcome: 'not_issued' });
    await expect(verifyRun(log.workspace, '2026-02')).rejects.toThrow(/is not complete/);
  });

  it('names the line of a document that was changed', async () => {
    const hash = run.statements[0]!.documentSha256;
    inFile(log.workspace.documentsFile, (database) => {
      const [{ zstd }] = database.prepare('SELECT zstd FROM blocks').all() as [{ zstd: Buffer }];
      const texts = zstdDecompressSync(zstd).toString('utf8');
      const changed = texts.replace('"orderId":"o2"', '"orderId":"o9"');
      database.prepare('UPDATE blocks SET zstd = ?').run(zstdCompressSync(changed));
    });
    const verified = await verifyStatement(log.workspace, KEY);
    expect(verified).toMatchObject({ outcome: 'differs' });
    expect(verified).toHaveProperty(
      'difference',
      expect.stringContaining('line 2 (order-s1/o2@0)'),
    );
    expect(() => openDocuments(log.workspace).get(hash)).toThrow(/was changed/);
    expect((await verifyRun(log.workspace, '2026-01')).differences).toEqual([
      { ...KEY, difference: expect.stringContaining('line 2') },
    ]);
  });

  it('names a stored event whose amount was changed', async () => {
    await log.end({ remove: false });
    changeStored('order-s1/o2', (data) =>
      data.replace('"amountMinor":"100"', '"amountMinor":"900"'),
    );
    const verified = await verifyStatement(log.workspace, KEY);
    expect(verified).toHaveProperty(
      'difference',
      expect.stringContaining('order-s1/o2@0 states 900, its base and plan give 100'),
    );
  });

  it('names the line of a stored event that was changed so that it still adds up', async () => {
    await log.end({ remove: false });
    const change = (data: string) =>
      data
        .replace('"amountMinor":"100"', '"amountMinor":"900"')
        .replaceAll('"afterMinor":"1000"', '"afterMinor":"9000"');
    changeStored('order-s1/o2', change);
    const expected = expect.stringContaining('line 2 (order-s1/o2@0)');
    expect(await verifyStatement(log.workspace, KEY)).toHaveProperty('difference', expected);
    // The lake still held the event as it was; written anew, both ways agree and the issue differs.
    rmSync(log.workspace.lakeDirectory, { recursive: true });
    expect(await verifyStatement(log.workspace, KEY)).toHaveProperty('difference', expected);
  });

  it('names the line of a lake whose row and hashes were all changed', async () => {
    await changeEntry(log.workspace.lakeDirectory);
    const verified = await verifyStatement(log.workspace, KEY);
    expect(verified).toHaveProperty(
      'difference',
      expect.stringMatching(/line 2 \(order-s1\/o2@0\): SQL says .*"o9".* the fold says .*"o2"/),
    );
  });

  it('says whose statement was never due', async () => {
    const statement = { ...run.statements[0]!, payeeId: 'p7', occurredAt: AT };
    await log.append('payee-p7', { type: 'StatementIssued', data: statement });
    expect(await verifyStatement(log.workspace, { ...KEY, payeeId: 'p7' })).toHaveProperty(
      'difference',
      'was issued; nothing is due',
    );
  });

  it('refuses to open on another balance than was issued', async () => {
    await log.close('2026-02', '2026-03-05T00:00:00.000Z');
    await log.end({ remove: false });
    changeStored('payee-p1', (data) =>
      data.replace('"closingMinor":"200"', '"closingMinor":"300"'),
    );
    await expect(log.recompute('2026-02')).rejects.toThrow(
      /p1 USD was issued for 2026-01 with a closing balance of 300; the log gives 200/,
    );
  });

  function changeStored(stream: string, change: (data: string) => string): void {
    inFile(log.workspace.log.file, (database) => {
      const row = database
        .prepare(
          'SELECT position, data FROM events ' +
            'WHERE stream = (SELECT id FROM streams WHERE name = ?)',
        )
        .get(stream) as { position: number; data: string };
      const changed = change(row.data);
      expect(changed).not.toBe(row.data);
      database.prepare('UPDATE events SET data = ? WHERE position = ?').run(changed, row.position);
    });
  }
});

/** Whoever can write the lake can also write its manifest. */
async function changeEntry(lake: string): Promise<void> {
  const directory = join(lake, 'segments');
  const name = readdirSync(directory).find((each) => each.startsWith('entries'))!;
  const changed = join(directory, 'changed.parquet');
  const engine = await openEngine({ memoryMb: 100, spillDirectory: join(lake, 'spill') });
  await engine.connection.run(
    `COPY (
       SELECT * REPLACE (CASE order_id WHEN 'o2' THEN 'o9' ELSE order_id END AS order_id)
       FROM read_parquet(${literal(join(directory, name))}) ORDER BY log_index
     ) TO ${literal(changed)} (FORMAT parquet)`,
  );
  engine.close();
  const { sha256, bytes } = readManifest(lake)!.segments[0]!.entries;
  const hash = await hashOf(changed);
  const size = readFileSync(changed).length;
  renameSync(changed, join(directory, name.replace(sha256, hash)));
  const text = readFileSync(manifestFile(lake), 'utf8');
  const inEntries = text.slice(text.indexOf('"entries"'));
  const rewritten = inEntries
    .replaceAll(sha256, hash)
    .replace(`"bytes": ${bytes}`, `"bytes": ${size}`);
  writeFileSync(manifestFile(lake), text.slice(0, text.indexOf('"entries"')) + rewritten);
}
