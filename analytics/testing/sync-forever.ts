// For the crash test: brings a lake up to date in small steps, again and again, until it is killed.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { syncLake } from '../lake/lake.ts';
import { readManifest } from '../lake/manifest.ts';
import type { Workspace } from '../workspace.ts';

const workspace = JSON.parse(process.argv[2]!) as Workspace;
process.send?.('started');
for (;;) {
  await syncLake(workspace);
  const manifest = readManifest(workspace.lakeDirectory);
  if (manifest && manifest.segments.length > 0)
    rmSync(join(workspace.lakeDirectory, 'manifest.json'));
}
