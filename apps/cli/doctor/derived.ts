// What is computed from the log and kept beside it: read models, lake, statement documents. Each is
// compared with what the log gives; each can be made anew, so nothing here is lost for good.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '#analytics/lake/manifest.ts';
import { checkedPaths } from '#analytics/lake/segments.ts';
import { openDocuments } from '#analytics/statements/documents.ts';
import type { Config } from '#api/config.ts';
import { workspaceOf } from '#api/workspace.ts';
import type { EventLogReader } from '#event-store/port.ts';
import { openReadModel } from '#read-store/read-model.ts';
import { freshState, stateOf } from '../fresh-state.ts';
import { eventsOfTypes } from '../log-reading.ts';
import { count } from '../terminal.ts';
import { type Finding, note, ok, wrong } from './finding.ts';
import type { OnEvents } from './log.ts';

const REPLAY = 'promo-ledger replay builds them again';

/** Builds every projection from zero in a scratch file, and compares state hashes. */
export async function checkReadModels(
  config: Config,
  log: EventLogReader,
  onProgress: OnEvents,
): Promise<readonly Finding[]> {
  const check = 'read models';
  const file = join(config.dataDirectory, 'read.db');
  if (!existsSync(file)) return [note(check, 'there are none yet; the service builds them')];
  const { checkpoint, hashes } = liveHashes(file);
  const { logIndex } = checkpoint;
  const fresh = await freshState(log, logIndex, onProgress);
  const differing = [...hashes].filter(([name, hash]) => fresh.get(name) !== hash);
  if (differing.length > 0) {
    const names = differing.map(([name]) => name).join(', ');
    const says = `at logIndex ${logIndex} a replay gives another state of ${names}`;
    return [wrong(check, says, REPLAY)];
  }
  const says = `${hashes.size} projections equal a replay from zero, by state hash`;
  const isBehind = (await log.readAll({ after: checkpoint, limit: 1 })).length > 0;
  return [ok(check, `${says}${isBehind ? `; at logIndex ${logIndex}, behind the log` : ''}`)];
}

/** All of one moment, though the service goes on writing. */
function liveHashes(file: string) {
  const live = openReadModel(file);
  try {
    return live.snapshot(() => ({
      checkpoint: live.checkpoint(),
      hashes: stateOf(live),
    }));
  } finally {
    live.close();
  }
}

export async function checkLake(config: Config, log: EventLogReader): Promise<readonly Finding[]> {
  const check = 'lake';
  const { lakeDirectory } = workspaceOf(config);
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
  config: Config,
  log: EventLogReader,
): Promise<readonly Finding[]> {
  const check = 'statements';
  let issued = 0;
  const missing: string[] = [];
  let documents: ReturnType<typeof openDocuments> | undefined;
  try {
    for await (const { event, ref } of eventsOfTypes(log, ['StatementIssued'])) {
      documents ??= openDocuments(workspaceOf(config));
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
