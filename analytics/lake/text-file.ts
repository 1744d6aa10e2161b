// Writes text to a file in large pieces: each text is encoded once, straight into the next piece.
import { closeSync, openSync, writeSync } from 'node:fs';

const PIECE_BYTES = 1 << 20;
/** A character takes at most three bytes of UTF-8; a pair of surrogates takes four. */
const MOST_BYTES_PER_UNIT = 3;

export class TextFile {
  readonly #descriptor: number;
  readonly #piece = Buffer.allocUnsafe(PIECE_BYTES);
  #used = 0;

  constructor(file: string) {
    this.#descriptor = openSync(file, 'w');
  }

  add(text: string): void {
    const most = text.length * MOST_BYTES_PER_UNIT;
    if (this.#used + most > PIECE_BYTES) this.#flush();
    if (most > PIECE_BYTES) this.#write(Buffer.from(text));
    else this.#used += this.#piece.write(text, this.#used);
  }

  close(): void {
    this.#flush();
    closeSync(this.#descriptor);
  }

  #flush(): void {
    this.#write(this.#piece.subarray(0, this.#used));
    this.#used = 0;
  }

  /** A disk that fills up may take a part and refuse the rest. */
  #write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) done += writeSync(this.#descriptor, bytes, done);
  }
}
