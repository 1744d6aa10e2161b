// The follower's thread: its own connections to the log and to read.db, the projections, the loop.
// A log that is out of reach is tried again, later each time. What it cannot put right it reports
// as an alarm; another error ends the thread, to be restarted.
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { LogFileError } from '#event-store/log-file-errors.ts';
import { LogUnreachable } from '#event-store/eventstoredb/log-errors.ts';
import { hearNews, openLogReader } from '#event-store/log-source.ts';
import { type EventLogReader, START, StoreUnavailable } from '#event-store/port.ts';
import type { LogNews } from '#event-store/transaction.ts';
import { projections } from '#projections/index.ts';
import { Alarm } from '#read-store/alarms.ts';
import { type Followed, Following } from '#read-store/following.ts';
import { ReadStore } from '#read-store/read-store.ts';
import type { FollowerFiles, FromFollower, ToFollower } from './messages.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

const port = parentPort;
if (port === null) throw new Error('the follower runs in a worker thread');
const tell = (message: FromFollower) => port.postMessage(message);

try {
  await follow(workerData as FollowerFiles);
} catch (error) {
  const isForGood = error instanceof Alarm || error instanceof LogFileError;
  if (!isForGood || error instanceof LogUnreachable) throw error;
  tell({ kind: 'alarm', message: error.message });
}
port.close();

async function follow({ source, readFile }: FollowerFiles): Promise<void> {
  const reader = await openLogReader(source);
  const isShared = source.kind !== 'sqlite';
  try {
    const store = new ReadStore({
      ...{ file: readFile, logId: reader.logId, projections },
      checksRevisions: isShared,
    });
    try {
      await run(store, reader, isShared);
    } finally {
      store.close();
    }
  } finally {
    await reader.close();
  }
}

async function run(store: ReadStore, reader: EventLogReader, isShared: boolean): Promise<void> {
  let told = '';
  let pauseMs = FIRST_PAUSE_MS;
  let isStopping = false;
  const start = () =>
    new Following({
      store,
      reader,
      onProgress(checkpoint, isCaughtUp) {
        pauseMs = FIRST_PAUSE_MS;
        const news = `${checkpoint.position} ${isCaughtUp}`;
        if (news !== told) tell({ kind: 'progress', checkpoint, isCaughtUp });
        told = news;
      },
      ...(isShared && {
        onFollowed: (followed: Followed) => tell({ kind: 'followed', ...newsOf(followed) }),
      }),
      onRebuilt: (reports) => tell({ kind: 'rebuilt', reports }),
    });
  let following = start();
  hearNews(reader, () => following.nudge());
  port!.on('message', (message: ToFollower) => {
    isStopping ||= message.kind === 'stop';
    if (message.kind === 'stop') following.stop();
    else if (message.kind === 'nudge') following.nudge();
    else void rebuild(following, message.names);
  });
  tell({ kind: 'opened', checkpoint: store.live?.checkpoint ?? START });
  for (;;) {
    try {
      return await following.run();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      if (isStopping) return;
      told = '';
      tell({ kind: 'outage', message: error.message });
      following = start();
      await pause(pauseMs);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }
}

function newsOf({ after, upTo, events, endedAt }: Followed): LogNews {
  const revisions = new Map<string, number>();
  for (const { stream, revision } of events) revisions.set(stream, revision);
  return {
    ...{ after: after.logIndex, upTo: upTo.logIndex, asOf: endedAt },
    ...{ streams: [...revisions.keys()], revisions: [...revisions.values()] },
  };
}

async function rebuild(following: Following, names: readonly string[] | 'all'): Promise<void> {
  const all = [...new Set(projections.map(({ name }) => name))];
  try {
    const reports = await following.rebuild(names === 'all' ? all : names, (progress) =>
      tell({ kind: 'rebuilding', progress }),
    );
    tell({ kind: 'rebuilt', reports });
  } catch (error) {
    tell({
      kind: 'rebuild_failed',
      message: error instanceof Error ? error.message : String(error),
    });
  }
}
