// Texts of a result as bytes, without a string and a call for each: DuckDB mostly keeps the texts
// of a chunk one after the other, and what is found to lie together is copied out in one piece.
import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

/** A text in a vector: its length, its first bytes, and where it is; a short one is there whole. */
const TEXT_BYTES = 16;
const POINTER_AT = 8;
const WHOLE_AT = 4;
const WHOLE_UP_TO = 12;
const HIGH = 2 ** 32;

export class TextColumn {
  /** The memory that is read is the chunk's: it must not be collected before this is. */
  readonly chunk: DuckDBDataChunk;
  readonly #texts: DataView;

  /** Of VARCHAR or BLOB. Throws when one is NULL. */
  constructor(chunk: DuckDBDataChunk, column: number) {
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
    const count = chunk.rowCount;
    const validity: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(count / 8));
    for (let row = 0; validity && row < count; row += 1)
      if ((validity[row >> 3]! & (1 << (row & 7))) === 0) throw new Error('a text is NULL');
    const { buffer, byteOffset, byteLength } = duckdb.vector_get_data(vector, count * TEXT_BYTES);
    this.chunk = chunk;
    this.#texts = new DataView(buffer, byteOffset, byteLength);
  }

  /** The bytes of the rows in [from, to), in as few pieces as they lie in. */
  *pieces(from: number, to: number): Generator<Uint8Array> {
    for (let row = from; row < to;) {
      const first = row;
      let size = this.#size(row);
      row += 1;
      if (size > WHOLE_UP_TO) {
        const start = this.#address(first);
        for (; row < to && this.#isAt(row, start + size); row += 1) size += this.#size(row);
      }
      yield this.#bytes(first, size);
    }
  }

  #size(row: number): number {
    return this.#texts.getUint32(row * TEXT_BYTES, true);
  }

  /** Exact: addresses have 48 bits. */
  #address(row: number): number {
    const at = row * TEXT_BYTES + POINTER_AT;
    return this.#texts.getUint32(at + 4, true) * HIGH + this.#texts.getUint32(at, true);
  }

  #isAt(row: number, address: number): boolean {
    return this.#size(row) > WHOLE_UP_TO && this.#address(row) === address;
  }

  #bytes(row: number, size: number): Uint8Array {
    const { buffer, byteOffset } = this.#texts;
    const at = byteOffset + row * TEXT_BYTES;
    if (size <= WHOLE_UP_TO) return new Uint8Array(buffer, at + WHOLE_AT, size).slice();
    return duckdb.get_data_from_pointer(buffer as ArrayBuffer, at + POINTER_AT, size);
  }
}
