// A row of `unfinished`: the ids that its kind needs, the others left empty.
import type { UnfinishedRow } from './tables.ts';

const NO_IDS = {
  sellerId: null,
  orderId: null,
  codeId: null,
  taskId: null,
  channel: null,
  activityId: null,
  influencerId: null,
  requestId: null,
  period: null,
  missing: 1,
} as const;

export function hint(
  kind: UnfinishedRow['kind'],
  key: string,
  logIndex: number,
  ids: Partial<Omit<UnfinishedRow, 'kind' | 'key' | 'logIndex'>>,
): UnfinishedRow {
  return { kind, key, ...NO_IDS, ...ids, logIndex };
}
