// What is computed from the log and kept beside it: read models, lake, statement documents. Each is
// compared with what the log gives; each can be made anew, so nothing here is lost for good.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest } from '#analytics/lake/manifest.ts';
import { checkedPaths } from '#analytics/lake/segments.ts';
import { openDocuments } from '#analytics/statements/documents.ts';
import { embeddedWorkspace } from '#analytics/workspace.ts';
import type { AllRead, EventLogReader } from '#event-store/port.ts';
import { openReadModel, type ReadModel } from '#read-store/read-model.ts';
import { ReadStore } from '#read-store/read-store.ts';
import { rebuildSteps } from '#read-store/rebuild.ts';
import { projections } from '#projections/index.ts';
import { eventsOfTypes } from '../log-reading.ts';
import { count } from '../terminal.ts';
import { type Finding, note, ok, wrong } from './finding.ts';
import type { OnEvents } from './log.ts';

const REPLAY = 'promo-ledger replay builds them again';

/** Builds every projection from zero in a scratch file, and compares state hashes. */
export async function checkReadModels(
  dataDirectory: string,
  log: EventLogReader,
  onProgress: OnEvents,
): Promise<readonly Finding[]> {
  const check = 'read models';
  const file = join(dataDirectory, 'read.db');
  if (!existsSync(file)) return [note(check, 'there are none yet; the service builds them')];
  const { logIndex, hashes } = liveHashes(file);
  const behind = Number(await log.head()) - logIndex;
  const fresh = await freshHashes(log, logIndex, onProgress);
  const differing = [...hashes].filter(([name, hash]) => fresh.get(name) !== hash);
  if (differing.length > 0) {
    const names = differing.map(([name]) => name).join(', ');
    const says = `at logIndex ${logIndex} a replay gives another state of ${names}`;
    return [wrong(check, says, REPLAY)];
  }
  const says = `${hashes.size} projections equal a replay from zero, by state hash`;
  return [ok(check, `${says}${behind > 0 ? `; ${count(behind)} events behind the log` : ''}`)];
}

/** All of one moment, though the service goes on writing. */
function liveHashes(file: string) {
  const live = openReadModel(file);
  try {
    return live.snapshot(() => ({
      logIndex: live.checkpoint().logIndex,
      hashes: hashesOf(live),
    }));
  } finally {
    live.close();
  }
}

const hashesOf = (live: ReadModel): ReadonlyMap<string, string> =>
  new Map(live.projections().map(({ projection }) => [projection, live.stateHash(projection)]));

async function freshHashes(
  log: EventLogReader,
  until: number,
  onProgress: OnEvents,
): Promise<ReadonlyMap<string, string>> {
  if (until < 0) return new Map();
  const scratch = mkdtempSync(join(tmpdir(), 'promo-ledger-doctor-'));
  const store = new ReadStore({ file: join(scratch, 'read.db'), logId: log.logId, projections });
  try {
    const steps = rebuildSteps({
      store,
      reader: upTo(log, until),
      onProgress: ({ done }) => onProgress(done, until + 1),
    });
    while (!(await steps.next()).done) continue;
    return hashesOf(store.readModel());
  } finally {
    store.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The log as it was when its last event was this one. */
function upTo(log: EventLogReader, last: number): EventLogReader {
  const cut: Pick<EventLogReader, 'readAll' | 'head'> = {
    readAll: async (read?: AllRead) =>
      (await log.readAll(read)).filter(({ logIndex }) => logIndex <= last),
    head: () => Promise.resolve(BigInt(last)),
  };
  return Object.assign(Object.create(log) as EventLogReader, cut);
}

export async function checkLake(
  dataDirectory: string,
  log: EventLogReader,
): Promise<readonly Finding[]> {
  const check = 'lake';
  const { lakeDirectory } = embeddedWorkspace(dataDirectory);
  const manifest = readManifest(lakeDirectory);
  if (manifest === undefined)
    return [note(check, 'there is none yet; a close or a query writes it')];
  if (manifest.logId !== log.logId) {
    return [wrong(check, 'it is a copy of another log', `delete ${lakeDirectory}`)];
  }
  const { segments } = manifest;
  await checkedPaths(
    lakeDirectory,
    segments.flatMap(({ events, entries }) => [events, entries]),
  );
  for (const { lastEvent } of segments) {
    const [stream = '', revision = ''] = lastEvent.ref.split('@');
    const [event] = await log.readStream(stream, { from: Number(revision), limit: 1 });
    if (event?.id === lastEvent.id) continue;
    const says = `it holds ${lastEvent.ref} as ${lastEvent.id}, the log does not`;
    return [wrong(check, says, `delete ${lakeDirectory}: the next query writes it again`)];
  }
  const events = (segments.at(-1)?.last ?? -1) + 1;
  return [ok(check, `${segments.length} segments with ${count(events)} events, every hash right`)];
}

/** Every issued statement's document is kept, and its bytes have the hash that the event says. */
export async function checkDocuments(
  dataDirectory: string,
  log: EventLogReader,
): Promise<readonly Finding[]> {
  const check = 'statements';
  let issued = 0;
  const missing: string[] = [];
  let documents: ReturnType<typeof openDocuments> | undefined;
  try {
    for await (const { event, ref } of eventsOfTypes(log, ['StatementIssued'])) {
      documents ??= openDocuments(embeddedWorkspace(dataDirectory));
      issued += 1;
      if (documents.get(event.data.documentSha256) === undefined) missing.push(ref);
    }
  } finally {
    documents?.close();
  }
  if (missing.length > 0) {
    const says = `${count(missing.length)} documents are not kept, the first of ${missing[0]}`;
    return [wrong(check, says, 'restore documents.db; `statements verify` computes them again')];
  }
  return [ok(check, `${count(issued)} issued, every document is kept and has its hash`)];
}
