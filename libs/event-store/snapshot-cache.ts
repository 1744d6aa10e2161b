// Folded states of long streams, kept in a file so that a restart need not read those streams from
// their beginning. A save costs in proportion to what is new. Nothing rests on the file: what does
// not fit the log, the fold or its own digest is discarded, and a broken file is begun anew.
import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type AnyFolded,
  FoldedStream,
  type KeyUse,
  NO_PARTS,
  NOTHING_SAVED,
} from './folded-stream.ts';
import type { EventLogReader } from './port.ts';
import { type Part, type Snapshot, SnapshotFile } from './snapshot-file.ts';
import type { AnyStreamRef } from './transaction.ts';

/** Changes whenever stored events are read as another shape than before. */
const UPCASTS_VERSION = 1;

/** A stream is saved whenever this many of its events are new. */
const SAVE_EVERY = 10_000;

/** When the runner closes; what is less is read from the log as quickly. */
const SAVE_AT_CLOSE = 1_000;

const MAX_MILLISECONDS = 8;

type AnyDecider = AnyStreamRef['decider'];

export function openSnapshotCache(file: string, logId: string): SnapshotCache {
  return new SnapshotCache(new SnapshotFile(file), logId);
}

export class SnapshotCache {
  readonly #file: SnapshotFile;
  readonly #logId: string;

  constructor(file: SnapshotFile, logId: string) {
    this.#file = file;
    this.#logId = logId;
  }

  /** Saves when enough is new. The state must be of stored events only. */
  offer(folded: AnyFolded, stream: string): void {
    if (folded.revision - folded.saved.revision >= SAVE_EVERY) this.#save(folded, stream);
  }

  /** Saves when anything worth it is new. */
  saveAtClose(folded: AnyFolded, stream: string): void {
    if (folded.revision - folded.saved.revision >= SAVE_AT_CLOSE) this.#save(folded, stream);
  }

  /** Undefined when there is no snapshot that fits; what does not fit is discarded. */
  async restore(
    decider: AnyDecider,
    stream: string,
    log: EventLogReader,
  ): Promise<AnyFolded | undefined> {
    if (decider.snapshot === undefined) return undefined;
    const snapshot = this.#file.find(stream);
    if (snapshot === undefined) return undefined;
    const restored = await this.#restored(decider, { stream, snapshot }, log);
    if (restored === undefined) this.#file.discard(stream);
    return restored;
  }

  close(): void {
    this.#file.close();
  }

  #save(folded: AnyFolded, stream: string): void {
    const { decider, saved } = folded;
    if (decider.snapshot === undefined) return;
    const { head, parts, entries } = decider.snapshot.save(folded.state, saved.entries);
    const newParts: Part[] = parts.map((content) => ({ kind: 'state', content }));
    const newKeys = [...folded.keys].slice(saved.keys);
    if (newKeys.length > 0) newParts.push({ kind: 'keys', content: utf8(JSON.stringify(newKeys)) });
    const partsDigest = newParts.reduce(digestWith, saved.partsDigest);
    const unsigned = {
      logId: this.#logId,
      revision: folded.revision,
      eventId: folded.lastId,
      foldVersion: decider.foldVersion,
      upcastsVersion: UPCASTS_VERSION,
      entries,
      parts: saved.parts + newParts.length,
      head,
    };
    const digest = digestOf(unsigned, partsDigest);
    const isSaved = this.#file.save(stream, { ...unsigned, digest }, newParts);
    const { revision, parts: count } = unsigned;
    folded.saved = isSaved
      ? { revision, entries, keys: folded.keys.size, parts: count, partsDigest }
      : NOTHING_SAVED;
  }

  async #restored(
    decider: AnyDecider,
    { stream, snapshot }: { stream: string; snapshot: Snapshot },
    log: EventLogReader,
  ): Promise<AnyFolded | undefined> {
    if (snapshot.logId !== this.#logId) return undefined;
    if (snapshot.foldVersion !== decider.foldVersion) return undefined;
    if (snapshot.upcastsVersion !== UPCASTS_VERSION) return undefined;
    const [event] = await log.readStream(stream, { from: snapshot.revision, limit: 1 });
    if (event?.id !== snapshot.eventId) return undefined;
    const folded = new FoldedStream(decider);
    try {
      const partsDigest = await this.#readParts(folded, stream, snapshot);
      if (partsDigest === undefined) return undefined;
      folded.beginAt(event, {
        revision: snapshot.revision,
        entries: snapshot.entries,
        keys: folded.keys.size,
        parts: snapshot.parts,
        partsDigest,
      });
      return folded;
    } catch {
      // The codec does not know what it was given: as good as no snapshot.
      return undefined;
    }
  }

  async #readParts(
    folded: AnyFolded,
    stream: string,
    snapshot: Snapshot,
  ): Promise<string | undefined> {
    const state = folded.decider.snapshot!.restore(snapshot.head);
    let digest = NO_PARTS;
    let since = performance.now();
    for (let number = 0; number < snapshot.parts; number += 1) {
      const part = this.#file.part(stream, number);
      if (part === undefined) return undefined;
      digest = digestWith(digest, part);
      if (part.kind === 'state') state.add(part.content);
      else for (const [key, use] of keysIn(part)) folded.keys.set(key, use);
      if (performance.now() - since < MAX_MILLISECONDS) continue;
      await nextTurn();
      since = performance.now();
    }
    if (digestOf(snapshot, digest) !== snapshot.digest) return undefined;
    folded.state = state.finish();
    return digest;
  }
}

function digestWith(before: string, { kind, content }: Part): string {
  return hash('sha256', `${before} ${kind} ${hash('sha256', content)}`);
}

function digestOf(snapshot: Omit<Snapshot, 'digest'>, partsDigest: string): string {
  const { logId, revision, eventId, foldVersion, upcastsVersion, entries, parts } = snapshot;
  const numbers = [revision, foldVersion, upcastsVersion, entries, parts];
  const head = hash('sha256', snapshot.head);
  return hash('sha256', JSON.stringify([logId, eventId, numbers, head, partsDigest]));
}

function keysIn({ content }: Part): readonly [string, KeyUse][] {
  return JSON.parse(new TextDecoder().decode(content)) as [string, KeyUse][];
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
