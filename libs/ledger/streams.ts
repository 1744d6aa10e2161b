// Stream names: the one place that spells them and reads them back. Categories hold no `-`,
// composite ids are joined with `/`.
export const PROGRAMME_STREAM = 'programme';
export const sellerStream = (sellerId: string) => `seller-${sellerId}`;
export const influencerStream = (influencerId: string) => `influencer-${influencerId}`;
export const promoCodeStream = (codeId: string) => `promoCode-${codeId}`;
export const activityStream = (activityId: string) => `activity-${activityId}`;
export const entryStream = (activityId: string, codeId: string) => `entry-${activityId}/${codeId}`;
export const taskStream = (taskId: string) => `task-${taskId}`;
export const applicationStream = (taskId: string, influencerId: string) =>
  `application-${taskId}/${influencerId}`;
export const issuedCodeStream = (text: string) => `issuedCode-${text}`;
export const orderStream = (sellerId: string, orderId: string) => `order-${sellerId}/${orderId}`;
export const payeeStream = (payeeId: string) => `payee-${payeeId}`;

/** One task per code and channel (rule 5); a channel holds no dot, so the last one parts them. */
export const taskIdOf = (codeId: string, channel: string) => `${codeId}.${channel}`;
export const DEFAULT_CHANNEL = 'default';

export const categoryOf = (stream: string) => {
  const dash = stream.indexOf('-');
  return dash < 0 ? stream : stream.slice(0, dash);
};

const CATEGORIES: ReadonlySet<string> = new Set([
  PROGRAMME_STREAM,
  ...['seller', 'influencer', 'promoCode', 'activity', 'entry', 'task', 'application'],
  ...['issuedCode', 'order', 'payee', 'proposal'],
]);

/** What stands before another ledger's names on a server that both use makes other categories. */
export const isLedgerStream = (stream: string) => CATEGORIES.has(categoryOf(stream));

/** Names an event for ever: `stream@revision`. */
export const eventRef = (stream: string, revision: number) => `${stream}@${revision}`;
