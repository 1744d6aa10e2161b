import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { LineCutter, MAX_LINE_BYTES, type Line } from './ndjson.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('cutting a stream into lines', () => {
  it('gives the same lines wherever the stream is cut into chunks', () => {
    const text = fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 12 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(40)), (lines, sizes) => {
        const bytes = Buffer.from(lines.join('\n'));
        expect(cut(chunksOf(bytes, sizes))).toEqual(linesOf(bytes.toString('utf8')));
      }),
    );
  });

  it('names a line that is not UTF-8 and leaves its neighbours standing', () => {
    const bytes = Buffer.concat([
      Buffer.from('one\n'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('\nthree'),
    ]);
    for (const chunks of [[bytes], chunksOf(bytes, [1, 3, 1, 1])]) {
      expect(cut(chunks)).toEqual([
        { line: 1, text: 'one' },
        { line: 2, fault: 'line_must_be_utf8' },
        { line: 3, text: 'three' },
      ]);
    }
  });

  it('names a line that is too long, in one chunk or in many, and goes on behind it', () => {
    const longest = 'x'.repeat(MAX_LINE_BYTES);
    const bytes = Buffer.from(`${longest}\n${longest}y\nthree\n`);
    for (const chunks of [[bytes], chunksOf(bytes, new Array(100).fill(60_000))]) {
      expect(cut(chunks)).toEqual([
        { line: 1, text: longest },
        { line: 2, fault: 'line_must_not_be_too_long' },
        { line: 3, text: 'three' },
      ]);
    }
  });

  it('counts the bytes of a line, not its characters', () => {
    expect(cut([Buffer.from('ä'.repeat(MAX_LINE_BYTES / 2 + 1))])).toEqual([
      { line: 1, fault: 'line_must_not_be_too_long' },
    ]);
  });

  it('holds no more of a line without end than a line may have', () => {
    const cutter = new LineCutter();
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    collectGarbage();
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 200; count += 1) cutter.push(Buffer.from(chunk));
    collectGarbage();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * 1024 * 1024);
    expect(cutter.end()).toEqual([{ line: 1, fault: 'line_must_not_be_too_long' }]);
  });

  it('counts empty lines and gives none', () => {
    expect(cut([Buffer.from('\n \r\none\r\n\n')])).toEqual([{ line: 3, text: 'one\r' }]);
  });
});

function cut(chunks: readonly Uint8Array[]): Line[] {
  const cutter = new LineCutter();
  return [...chunks.flatMap((chunk) => cutter.push(chunk)), ...cutter.end()];
}

function chunksOf(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let from = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(from, from + size));
    from += size;
  }
  return [...chunks, bytes.subarray(from)];
}

function linesOf(text: string): Line[] {
  return text
    .split('\n')
    .map((line, at) => ({ line: at + 1, text: line }))
    .filter((line) => line.text.trim() !== '');
}
