// The data directory's files: who may read them, who holds the lock, whether the buyers' keys are
// those that the ledger's codes use. Nothing is created or changed.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BUYER_KEYS_FILE, openBuyerKeys } from '#api/buyer-keys.ts';
import type { Config } from '#api/config.ts';
import { type EventLogReader, NO_POSITION } from '#event-store/port.ts';
import { runningService } from '../connect.ts';
import { eventsOfTypes } from '../log-reading.ts';
import { type Finding, guarded, note, ok, wrong } from './finding.ts';

export async function checkFiles(config: Config, log: EventLogReader): Promise<readonly Finding[]> {
  return [
    checkMode(config.dataDirectory),
    await checkService(config),
    ...(await guarded('buyer keys', 'restore buyer-keys.json from a backup of this ledger', () =>
      checkKeys(config.dataDirectory, log),
    )),
  ];
}

function checkMode(dataDirectory: string): Finding {
  const mode = statSync(dataDirectory).mode & 0o777;
  const text = `mode ${mode.toString(8).padStart(3, '0')}`;
  if ((mode & 0o077) === 0) return ok('directory', `${dataDirectory}, ${text}: only its owner`);
  return note('directory', `${text}: others can look into it`, `chmod 700 ${dataDirectory}`);
}

async function checkService(config: Config): Promise<Finding> {
  const url = await runningService(config);
  if (url !== undefined) return ok('service', `runs at ${url}`);
  const isAnnounced = existsSync(join(config.dataDirectory, 'service.json'));
  return isAnnounced
    ? note('service', 'service.json is left over: the service was killed; the next start goes on')
    : ok('service', 'none runs here');
}

/** Also that every key which a code pinned is in the file, not only the first code's. */
async function checkKeys(dataDirectory: string, log: EventLogReader): Promise<readonly Finding[]> {
  if ((await log.head()) === NO_POSITION)
    return [ok('buyer keys', 'the log is empty: none needed')];
  const keys = await openBuyerKeys(dataDirectory, log);
  let codes = 0;
  for await (const { event, ref } of eventsOfTypes(log, ['CodeCreated'])) {
    const { buyerKeyId, codeId } = event.data;
    codes += 1;
    if (keys.has(buyerKeyId)) continue;
    const says = `${BUYER_KEYS_FILE} lacks ${buyerKeyId}, the key of code ${codeId} (${ref})`;
    return [wrong('buyer keys', says, `restore ${BUYER_KEYS_FILE} from a backup of this ledger`)];
  }
  return [ok('buyer keys', `hold the keys of all ${codes} codes`)];
}
