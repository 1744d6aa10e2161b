import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine, type Engine } from './engine.ts';
import { TextColumn } from './text-bytes.ts';

describe('the bytes of a column of texts', () => {
  const directory = mkdtempSync(join(tmpdir(), 'promo-ledger-texts-'));
  let engine: Engine;

  beforeAll(async () => {
    engine = await openEngine({ memoryMb: 200, spillDirectory: directory });
  });
  afterAll(() => {
    engine.close();
    rmSync(directory, { recursive: true });
  });

  /** All rows of each chunk at once, and how many pieces they came in. */
  const read = async (select: string) => {
    const result = await engine.connection.stream(select);
    const pieces: Uint8Array[] = [];
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      pieces.push(...new TextColumn(chunk, 1).pieces(0, chunk.rowCount));
    }
    return { text: Buffer.concat(pieces).toString(), pieces: pieces.length };
  };

  it('are those of its texts, short, long, empty and not ASCII, in order', async () => {
    const texts = Array.from({ length: 10_000 }, (_, i) => 'é😀x,'.repeat(i % 9));
    const select = `SELECT i, repeat('é😀x,', i % 9) AS text FROM range(10000) numbers(i)`;
    expect((await read(select)).text).toBe(texts.join(''));
    expect((await read(`${select} ORDER BY i DESC`)).text).toBe(texts.reverse().join(''));
  });

  it('come in few pieces once they were sorted', async () => {
    const { text, pieces } = await read(
      `SELECT -i AS i, 'a text of some length, ' || i FROM range(10000) numbers(i) ORDER BY 1`,
    );
    expect(text.startsWith('a text of some length, 9999a text')).toBe(true);
    expect(pieces).toBeLessThan(1_000);
  });

  it('are read row by row where they do not lie together', async () => {
    const { text } = await read(
      `SELECT i, CASE i % 3 WHEN 0 THEN 'the same long text, ' WHEN 1 THEN 'short' ELSE
         'another text ' || i || ';' END FROM range(9) numbers(i)`,
    );
    const three = (i: number) => `the same long text, shortanother text ${i};`;
    expect(text).toBe([2, 5, 8].map(three).join(''));
  });

  it('of some rows are theirs alone', async () => {
    const result = await engine.connection.run(
      `SELECT i, 'a long text with number ' || i FROM range(9) numbers(i)`,
    );
    const chunk = (await result.fetchChunk())!;
    const some = [...new TextColumn(chunk, 1).pieces(3, 5)];
    expect(Buffer.concat(some).toString()).toBe(
      'a long text with number 3a long text with number 4',
    );
  });

  it('are refused when one is NULL', async () => {
    await expect(
      read(`SELECT i, nullif(i, 70)::VARCHAR FROM range(100) numbers(i)`),
    ).rejects.toThrow('a text is NULL');
  });
});
