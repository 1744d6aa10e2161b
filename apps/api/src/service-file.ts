// `service.json` in the data directory: where the running service is. Written once it listens and
// removed when it stops; after a kill it may be stale, so whoever reads it asks `/health/live`.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

export const ServiceFile = z.strictObject({
  pid: z.int(),
  url: z.url(),
  /** Names the ledger: `/health/live` answers with the same, or it is another service. */
  logId: z.string(),
  startedAt: z.iso.datetime(),
});
export type ServiceFile = z.infer<typeof ServiceFile>;

const fileIn = (dataDirectory: string) => join(dataDirectory, 'service.json');

export function announceService(
  dataDirectory: string,
  { url, logId }: Pick<ServiceFile, 'url' | 'logId'>,
): void {
  const startedAt = new Date().toISOString();
  const content: ServiceFile = { pid: process.pid, url, logId, startedAt };
  const draft = `${fileIn(dataDirectory)}.new`;
  writeFileSync(draft, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  renameSync(draft, fileIn(dataDirectory));
}

export function withdrawService(dataDirectory: string): void {
  if (announcedService(dataDirectory)?.pid === process.pid)
    rmSync(fileIn(dataDirectory), { force: true });
}

/** What the file says; undefined when there is none, or when it is none of ours. */
export function announcedService(dataDirectory: string): ServiceFile | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(fileIn(dataDirectory), 'utf8'));
    return ServiceFile.safeParse(content).data;
  } catch {
    return undefined;
  }
}
