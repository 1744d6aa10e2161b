// Writes text to a file in large pieces: each text is encoded once, straight into the next piece. A
// file that is there is written over and cut to its new length, which takes less than a new one.
import { closeSync, constants, ftruncateSync, openSync, writeSync } from 'node:fs';

const PIECE_BYTES = 1 << 20;
/** A character takes at most three bytes of UTF-8; a pair of surrogates takes four. */
const MOST_BYTES_PER_UNIT = 3;
const LINE_FEED = 10;

export class TextFile {
  readonly #descriptor: number;
  readonly #piece = Buffer.allocUnsafe(PIECE_BYTES);
  #used = 0;
  #written = 0;

  constructor(file: string) {
    this.#descriptor = openSync(file, constants.O_WRONLY | constants.O_CREAT);
  }

  /** Both texts in one line. */
  addLine(before: string, text: string): void {
    this.#add(before);
    this.#add(text);
    if (this.#used === PIECE_BYTES) this.#flush();
    this.#piece[this.#used] = LINE_FEED;
    this.#used += 1;
  }

  close(): void {
    this.#flush();
    ftruncateSync(this.#descriptor, this.#written);
    closeSync(this.#descriptor);
  }

  #add(text: string): void {
    const most = text.length * MOST_BYTES_PER_UNIT;
    if (this.#used + most > PIECE_BYTES) this.#flush();
    if (most > PIECE_BYTES) this.#write(Buffer.from(text));
    else this.#used += this.#piece.write(text, this.#used);
  }

  #flush(): void {
    this.#write(this.#piece.subarray(0, this.#used));
    this.#used = 0;
  }

  /** A disk that fills up may take a part and refuse the rest. */
  #write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) done += writeSync(this.#descriptor, bytes, done);
    this.#written += bytes.length;
  }
}
