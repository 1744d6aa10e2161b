// A list of 32-bit numbers for millions of entries. It grows by whole chunks, so that growing costs
// the same however long it is, and at most one chunk is unused.

export interface Column {
  length: number;
  readonly chunks: Uint32Array[];
}

const CHUNK_BITS = 16;
const CHUNK = 1 << CHUNK_BITS;
const FIRST_CHUNK = 16;

export const emptyColumn = (): Column => ({ length: 0, chunks: [] });

/** `index` must be below the column's length. */
export const valueAt = ({ chunks }: Column, index: number): number =>
  chunks[index >>> CHUNK_BITS]![index & (CHUNK - 1)]!;

/** `index` must be below the column's length. */
export function setValue({ chunks }: Column, index: number, value: number): void {
  chunks[index >>> CHUNK_BITS]![index & (CHUNK - 1)] = value;
}

/** Only the first chunk starts small: most columns never fill it. */
export function pushValue(column: Column, value: number): void {
  const { length, chunks } = column;
  const within = length & (CHUNK - 1);
  const last = chunks[length >>> CHUNK_BITS];
  if (!last) chunks.push(new Uint32Array(length === 0 ? FIRST_CHUNK : CHUNK));
  else if (within === last.length) chunks[0] = doubled(last);
  chunks[length >>> CHUNK_BITS]![within] = value;
  column.length = length + 1;
}

function doubled(chunk: Uint32Array): Uint32Array {
  const larger = new Uint32Array(2 * chunk.length);
  larger.set(chunk);
  return larger;
}

export const sizeOfColumn = ({ chunks }: Column): number =>
  chunks.length === 0 ? 0 : 4 * ((chunks.length - 1) * CHUNK + chunks.at(-1)!.length);
