// Whether each task is in step with its code: open exactly while the switch is on, the code is not
// closed and the seller has not left; and whether a seller that left still has codes open.
import type { Rows } from '#read-store/projection.ts';
import { DEFAULT_CHANNEL, taskIdOf } from '#ledger/streams.ts';
import { promotedCodes, promotingSellers, unfinished } from './tables.ts';
import type { PromotedChannel, PromotedCodeRow } from './tables.ts';
import { hint } from './hint.ts';

export function codeCreated(
  rows: Rows,
  { codeId, sellerId }: { readonly codeId: string; readonly sellerId: string },
  logIndex: number,
): void {
  const seller = rows.get(promotingSellers, sellerId);
  const hasLeft = seller?.hasLeft ?? 0;
  rows.put(promotedCodes, {
    codeId,
    sellerId,
    isSwitchedOn: 0,
    isClosed: 0,
    isLeftBehind: hasLeft,
    channels: '{}',
    appliedFor: '{}',
    previousCodeId: seller?.latestCodeId ?? null,
  });
  rows.put(promotingSellers, { sellerId, hasLeft, latestCodeId: codeId });
  changeCode(rows, codeId, logIndex, () => ({}));
}

export function presenceChanged(
  rows: Rows,
  sellerId: string,
  hasLeft: 0 | 1,
  logIndex: number,
): void {
  const latestCodeId = rows.get(promotingSellers, sellerId)?.latestCodeId ?? null;
  rows.put(promotingSellers, { sellerId, hasLeft, latestCodeId });
  let codeId = latestCodeId;
  while (codeId !== null) {
    changeCode(rows, codeId, logIndex, () => (hasLeft === 1 ? { isLeftBehind: 1 } : {}));
    codeId = rows.get(promotedCodes, codeId)?.previousCodeId ?? null;
  }
}

/** Changes what is known of a code, then says again which of its tasks are out of step. */
export function changeCode(
  rows: Rows,
  codeId: string,
  logIndex: number,
  change: (code: PromotedCodeRow) => Partial<PromotedCodeRow>,
): void {
  const before = rows.get(promotedCodes, codeId);
  if (before === undefined) return;
  const code = { ...before, ...change(before) };
  rows.put(promotedCodes, code);
  const hasLeft = rows.get(promotingSellers, code.sellerId)?.hasLeft === 1;
  const { sellerId } = code;
  if (code.isLeftBehind === 1 && code.isClosed === 0)
    put(rows, hint('code_of_left_seller', codeId, logIndex, { codeId, sellerId }));
  else rows.delete(unfinished, 'code_of_left_seller', codeId);
  const isPromotable = code.isSwitchedOn === 1 && code.isClosed === 0 && !hasLeft;
  for (const [channel, { task, isWanted, activityId }] of Object.entries(channelsOf(code))) {
    const taskId = taskIdOf(codeId, channel);
    const isInStep = isPromotable
      ? task === 'open' || (task === 'missing' && !isWanted)
      : task !== 'open';
    const ids = { taskId, codeId, sellerId, channel, activityId };
    if (isInStep) rows.delete(unfinished, 'task', taskId);
    else put(rows, hint('task', taskId, logIndex, ids));
  }
}

/** The columns that a change of one channel changes. */
export function channelChanged(
  code: PromotedCodeRow,
  channel: string,
  changes: Partial<PromotedChannel>,
): Partial<PromotedCodeRow> {
  const channels = channelsOf(code);
  const before = channels[channel] ?? { task: 'missing', isWanted: false, activityId: null };
  return { channels: JSON.stringify({ ...channels, [channel]: { ...before, ...changes } }) };
}

/** Enabling with terms for the default channel asks for its task, also when enabled anew later. */
export function enabled(code: PromotedCodeRow, withDefaultChannel: boolean) {
  const wanted = withDefaultChannel && channelChanged(code, DEFAULT_CHANNEL, { isWanted: true });
  return { isSwitchedOn: 1, ...wanted } as const;
}

export function applied(code: PromotedCodeRow, activityId: string, channel: string) {
  const appliedFor = JSON.parse(code.appliedFor) as Record<string, string>;
  return { appliedFor: JSON.stringify({ ...appliedFor, [activityId]: channel }) };
}

/** An accepted application asks for the code's task in the activity's channel. */
export function accepted(code: PromotedCodeRow, activityId: string): Partial<PromotedCodeRow> {
  const channel = (JSON.parse(code.appliedFor) as Record<string, string>)[activityId];
  return channel === undefined ? {} : channelChanged(code, channel, { isWanted: true, activityId });
}

/** A hint keeps the place of the event that first made it. */
function put(rows: Rows, row: ReturnType<typeof hint>): void {
  if (rows.get(unfinished, row.kind, row.key) === undefined) rows.put(unfinished, row);
}

const channelsOf = (code: PromotedCodeRow) =>
  JSON.parse(code.channels) as Readonly<Record<string, PromotedChannel>>;
