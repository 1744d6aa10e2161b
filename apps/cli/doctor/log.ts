// The log itself: every event's bytes, place and checksum, its shape as this version knows it, and
// that its postings balance. Names what is wrong as stream@revision.
import type { Config } from '#api/config.ts';
import { lossyStreamsOf } from '#event-store/log-source.ts';
import { verifyLog } from '#event-store/verify-log.ts';
import { verifyStored } from '#event-store/verify-stored.ts';
import { type EventLogReader, type Place, START } from '#event-store/port.ts';
import { LedgerEvent } from '#ledger/events.ts';
import { Metadata } from '#ledger/metadata.ts';
import { postings } from '#ledger/postings.ts';
import { eventRef } from '#ledger/streams.ts';
import { totalOf } from '../log-reading.ts';
import { count } from '../terminal.ts';
import { type Finding, ok, RESTORE, wrong } from './finding.ts';

export type OnEvents = (done: number, total: number) => void;

const PAGE = 2_000;

export async function checkStored(
  { log: source }: Config,
  log: EventLogReader,
  onProgress: OnEvents,
): Promise<readonly Finding[]> {
  const { events, difference } =
    source.kind === 'sqlite'
      ? await verifyStored(source.file, onProgress)
      : await verifyLog(log, (done) => onProgress(done, 0));
  if (difference) {
    const says = `${difference.ref}: ${difference.what}`;
    return [
      wrong('stored bytes', says, `${RESTORE}; everything before ${difference.ref} is whole`),
    ];
  }
  const how =
    source.kind === 'sqlite'
      ? 'contiguous, canonical, every checksum right'
      : 'canonical, every id follows from its content';
  const says = `${count(events)} events: ${how}`;
  return [ok('stored bytes', says)];
}

/** Of a log on a server: streams that somebody told it to shorten, or deleted. */
export async function checkKept(log: EventLogReader): Promise<readonly Finding[]> {
  const check = 'whole streams';
  const lossy = await lossyStreamsOf(log);
  if (lossy === undefined) return [];
  if (lossy.length === 0) return [ok(check, 'none is shortened or deleted by the server')];
  const [{ stream, says } = { stream: '', says: '' }] = lossy;
  const more = lossy.length > 1 ? ` (and ${count(lossy.length - 1)} more streams)` : '';
  return [
    wrong(
      check,
      `${stream} ${says}: its history is lost, or will be when the server scavenges${more}`,
      'take the metadata back before the next scavenge; what is gone comes back from a backup',
    ),
  ];
}

/** Shapes by the schemas, event by event, and postings: zero per event is zero at every place. */
export async function checkMeaning(
  log: EventLogReader,
  onProgress: OnEvents,
): Promise<readonly Finding[]> {
  const total = totalOf(log, await log.head());
  let after: Place = START;
  let posted = 0;
  for (;;) {
    const page = await log.readAll({ after, limit: PAGE });
    for (const { stream, revision, type, data, metadata } of page) {
      const ref = eventRef(stream, revision);
      const shape = LedgerEvent.safeParse({ type, data });
      const issue = shape.error?.issues[0] ?? Metadata.safeParse(metadata).error?.issues[0];
      if (issue || !shape.success) {
        const says = `${ref} (${type}): ${issue?.path.join('.')} ${issue?.message}`;
        const todo = `was it written by a newer version? Otherwise ${RESTORE}`;
        return [wrong('shape of events', says, todo)];
      }
      const moved = postings(shape.data);
      posted += moved.length;
      if (moved.reduce((sum, { amountMinor }) => sum + amountMinor, 0n) === 0n) continue;
      const says = `${ref} (${type}) posts amounts that do not add up to zero`;
      return [wrong('trial balance', says, RESTORE)];
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last;
    onProgress(last.logIndex + 1, total && Math.max(total, last.logIndex + 1));
  }
  return [
    ok('shape of events', 'every event is one that this version knows'),
    ok('trial balance', `zero at every place of the log; ${count(posted)} postings`),
  ];
}
