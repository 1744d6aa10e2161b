// The copy of the log in ClickHouse, where one is configured: event by event, and how far behind it
// is. Nothing is created or changed there.
import { ClickHouseEmpty, openClickHouse } from '#analytics/clickhouse/client.ts';
import { examineCopy } from '#analytics/clickhouse/examine.ts';
import type { Config } from '#api/config.ts';
import { type EventLogReader, START } from '#event-store/port.ts';
import { count } from '../terminal.ts';
import { type Finding, note, ok } from './finding.ts';
import type { OnEvents } from './log.ts';

export async function checkClickHouse(
  { engine }: Config,
  log: EventLogReader,
  onProgress: OnEvents,
): Promise<readonly Finding[]> {
  if (engine.kind !== 'clickhouse') return [];
  const check = 'clickhouse';
  const none = note(check, 'holds no copy yet; the service or `follow-clickhouse` makes it');
  try {
    const clickhouse = await openClickHouse(engine, { isReading: true });
    try {
      const { place } = await examineCopy(clickhouse, log, onProgress);
      if (place === START) return [none];
      const says = `${count(place.logIndex + 1)} events, each as the log holds it`;
      const behind = await eventsAfter(log, place);
      return [ok(check, behind === 0 ? says : `${says}; ${count(behind)} behind the log`)];
    } finally {
      await clickhouse.close();
    }
  } catch (error) {
    if (error instanceof ClickHouseEmpty) return [none];
    throw error;
  }
}

async function eventsAfter(log: EventLogReader, place: typeof START): Promise<number> {
  let last = place;
  for (;;) {
    const page = await log.readAllFacts({ after: last, limit: 5_000 });
    if (page.length === 0) return last.logIndex - place.logIndex;
    last = page.at(-1)!;
  }
}
