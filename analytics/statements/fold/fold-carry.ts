// What the fold of a period leaves for the next: the events whose postings are still open, as the
// log holds them, and what is payable. One JSON value a line; read back only by its hash.
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import type { EventText, Place } from '#event-store/port.ts';

/** What the fold needs of an event. */
export type CarriedEvent = Pick<EventText, 'logIndex' | 'stream' | 'revision' | 'type' | 'data'>;

export interface CarriedBalance {
  readonly payeeId: string;
  readonly currency: string;
  readonly balanceMinor: string;
}

export type Carried = { readonly open: CarriedEvent } | { readonly balance: CarriedBalance };

export interface FoldCarry {
  readonly period: string;
  /** Of the period's `PeriodClosed`. */
  readonly place: Place;
  readonly file: string;
}

/** Written in pieces, so that a line is not a system call. */
const CHUNK = 1 << 16;

/** Collects what is carried; complete once it is closed. */
export class CarryFile {
  readonly #descriptor: number;
  #unwritten = '';
  #isClosed = false;

  constructor(file: string) {
    this.#descriptor = openSync(file, 'w');
  }

  addOpen({ logIndex, stream, revision, type, data }: CarriedEvent): void {
    this.#add({ open: { logIndex, stream, revision, type, data } });
  }

  addBalance({ payeeId, currency, balanceMinor }: CarriedBalance): void {
    this.#add({ balance: { payeeId, currency, balanceMinor } });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    writeSync(this.#descriptor, this.#unwritten);
    closeSync(this.#descriptor);
  }

  #add(carried: Carried): void {
    this.#unwritten += `${JSON.stringify(carried)}\n`;
    if (this.#unwritten.length < CHUNK) return;
    writeSync(this.#descriptor, this.#unwritten);
    this.#unwritten = '';
  }
}

/** Line feeds only: other line separators may stand inside a JSON string. */
export async function* carriedIn(file: string): AsyncGenerator<Carried> {
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 18 })) {
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as Carried;
  }
}
