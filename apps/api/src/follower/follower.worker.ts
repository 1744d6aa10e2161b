// The follower's thread: its own connections to the log and to read.db, the projections, the loop.
// What it cannot put right it reports as an alarm; another error ends the thread, to be restarted.
import { parentPort, workerData } from 'node:worker_threads';
import { LogFileError } from '#event-store/log-file-errors.ts';
import { openSqliteReader } from '#event-store/sqlite-reader.ts';
import { projections } from '#projections/index.ts';
import { Alarm } from '#read-store/alarms.ts';
import { Following } from '#read-store/following.ts';
import { ReadStore } from '#read-store/read-store.ts';
import type { FollowerFiles, FromFollower, ToFollower } from './messages.ts';

const port = parentPort;
if (port === null) throw new Error('the follower runs in a worker thread');
const tell = (message: FromFollower) => port.postMessage(message);

try {
  await follow(workerData as FollowerFiles);
} catch (error) {
  if (!(error instanceof Alarm || error instanceof LogFileError)) throw error;
  tell({ kind: 'alarm', message: error.message });
}
port.close();

async function follow({ logFile, readFile }: FollowerFiles): Promise<void> {
  const reader = openSqliteReader(logFile);
  try {
    const store = new ReadStore({ file: readFile, logId: reader.logId, projections });
    try {
      await run(store, reader);
    } finally {
      store.close();
    }
  } finally {
    await reader.close();
  }
}

async function run(store: ReadStore, reader: ReturnType<typeof openSqliteReader>): Promise<void> {
  let told = '';
  const following = new Following({
    store,
    reader,
    onProgress(checkpoint, isCaughtUp) {
      const news = `${checkpoint.position} ${isCaughtUp}`;
      if (news !== told) tell({ kind: 'progress', checkpoint, isCaughtUp });
      told = news;
    },
    onRebuilt: (reports) => tell({ kind: 'rebuilt', reports }),
  });
  port!.on('message', (message: ToFollower) => {
    if (message.kind === 'stop') following.stop();
    else if (message.kind === 'nudge') following.nudge();
    else void rebuild(following, message.names);
  });
  tell({ kind: 'opened', checkpoint: store.live?.checkpoint ?? { position: -1n, logIndex: -1 } });
  await following.run();
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
