// The demo's own data directory: made anew by every run. Only a directory that a demo made is ever
// emptied, and never while a service runs on it; anything else is refused and left as it was.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore } from '#event-store/sqlite-store.ts';
import { takeWriterLock } from '#event-store/writer-lock.ts';
import { CliFailure, EXIT } from '../failure.ts';

const MARK = 'demo.json';

export async function freshDemoDirectory(directory: string, seed: number): Promise<void> {
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    if (!existsSync(join(directory, MARK))) {
      throw new CliFailure(
        EXIT.files,
        `${directory} is not empty and no demo made it: it stays as it is. Give another --data.`,
      );
    }
    await assertUnused(directory);
    rmSync(directory, { recursive: true });
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const mark = { what: 'a demo made this directory; the next demo empties it', seed };
  writeFileSync(join(directory, MARK), `${JSON.stringify(mark)}\n`);
}

/** Takes the writer's lock for a moment: whoever holds it is named in the error. */
async function assertUnused(directory: string): Promise<void> {
  const file = join(directory, 'ledger.db');
  const lockFile = join(directory, 'ledger.lock');
  if (existsSync(file)) await openSqliteStore(file).close();
  else if (existsSync(lockFile)) takeWriterLock(directory, lockFile).release();
}
