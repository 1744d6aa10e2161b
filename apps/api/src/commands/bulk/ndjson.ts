// Cuts a stream of bytes into lines of text. A line that is not UTF-8 or longer than any command
// may be is named by its number and passed over, without ever being held; its neighbours stand.
// Lines of white space only are counted and give nothing.
import { isUtf8 } from 'node:buffer';

/** An order or one refund is at most this long, in bytes without the line feed. */
export const MAX_LINE_BYTES = 256 * 1024;

export type LineFault = 'line_must_be_utf8' | 'line_must_not_be_too_long';

export type Line =
  | { readonly line: number; readonly text: string }
  | { readonly line: number; readonly fault: LineFault };

const LINE_FEED = 10;

export class LineCutter {
  /** Of the line that comes next, from 1. */
  #line = 1;
  /** The beginning of a line whose end has not come yet. */
  #begun: Uint8Array[] = [];
  #begunBytes = 0;
  #isTooLong = false;

  /** The lines that end in this chunk. */
  push(chunk: Uint8Array): Line[] {
    const last = chunk.lastIndexOf(LINE_FEED);
    if (last < 0) {
      this.#keep(chunk);
      return [];
    }
    const first = this.#begunBytes === 0 && !this.#isTooLong ? -1 : chunk.indexOf(LINE_FEED);
    const lines: Line[] = [];
    if (first >= 0) {
      this.#keep(chunk.subarray(0, first));
      this.#endLine(lines);
    }
    if (last > first) this.#cut(chunk.subarray(first + 1, last), lines);
    this.#keep(chunk.subarray(last + 1));
    return lines;
  }

  /** What follows the last line feed is a line too, whole or not: its content will tell. */
  end(): Line[] {
    const lines: Line[] = [];
    if (this.#begunBytes > 0 || this.#isTooLong) this.#endLine(lines);
    return lines;
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#isTooLong) return;
    this.#begunBytes += bytes.length;
    if (this.#begunBytes <= MAX_LINE_BYTES) {
      this.#begun.push(bytes);
      return;
    }
    this.#isTooLong = true;
    this.#begun = [];
    this.#begunBytes = 0;
  }

  #endLine(lines: Line[]): void {
    if (this.#isTooLong) {
      lines.push({ line: this.#line, fault: 'line_must_not_be_too_long' });
      this.#line += 1;
    } else {
      this.#cut(Buffer.concat(this.#begun), lines);
    }
    this.#begun = [];
    this.#begunBytes = 0;
    this.#isTooLong = false;
  }

  /** Whole lines, the last one without its line feed. */
  #cut(bytes: Uint8Array, lines: Line[]): void {
    const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!isUtf8(block)) {
      this.#cutSingly(block, lines);
      return;
    }
    for (const text of block.toString('utf8').split('\n')) this.#add(text, lines);
  }

  #cutSingly(block: Buffer, lines: Line[]): void {
    for (let from = 0; from <= block.length;) {
      const feed = block.indexOf(LINE_FEED, from);
      const to = feed < 0 ? block.length : feed;
      const bytes = block.subarray(from, to);
      if (isUtf8(bytes)) {
        this.#add(bytes.toString('utf8'), lines);
      } else {
        lines.push({ line: this.#line, fault: 'line_must_be_utf8' });
        this.#line += 1;
      }
      from = to + 1;
    }
  }

  #add(text: string, lines: Line[]): void {
    const line = this.#line;
    this.#line += 1;
    // No character takes more than three bytes of UTF-8 for one unit of length.
    const isTooLong = text.length * 3 > MAX_LINE_BYTES && Buffer.byteLength(text) > MAX_LINE_BYTES;
    if (isTooLong) lines.push({ line, fault: 'line_must_not_be_too_long' });
    else if (text.trim() !== '') lines.push({ line, text });
  }
}
