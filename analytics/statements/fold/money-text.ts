// What a stored event says about money, taken from its text as it stands. Stored data is RFC 8785,
// so these members come one after the other in one order, and what a statement repeats need not
// be parsed and written again. Text of any other form is parsed, and gives the same.
import { canonicalJson } from '#ledger/canonical-json.ts';
import type { Movement } from '#ledger/order.events.ts';

/** Nothing but `base`, `net` and `plan`, which are JSON, holds a quote or a backslash. */
export interface MoneyText {
  readonly account: Movement['account'];
  readonly amountMinor: string;
  readonly clearsAt: string;
  readonly codeId: string;
  readonly currency: string;
  readonly base: string;
  readonly net: string;
  readonly payeeId: string;
  readonly plan: string;
  readonly sellerId: string;
  readonly text: string;
  readonly occurredAt: string;
  readonly orderId: string;
}

const TEXT = '"([^"\\\\]+)"';
/** A quote inside a string is escaped, so no id of others can be taken for a member. */
const CANONICAL = new RegExp(
  `"movement":{"account":"(pending|held)","amountMinor":${TEXT},"clearsAt":${TEXT},` +
    `"codeId":${TEXT},"currency":${TEXT},"lines":(\\[[^\\]]*\\]),"net":({[^}]*}),` +
    `"payeeId":${TEXT},"plan":({[^}]*}),"sellerId":${TEXT},"text":${TEXT}},` +
    `"occurredAt":${TEXT},"orderId":${TEXT}`,
);

/** Undefined when the event moves nothing. */
export function moneyText(data: string): MoneyText | undefined {
  const found = CANONICAL.exec(data);
  if (!found) return parsed(data);
  return {
    account: found[1] as Movement['account'],
    amountMinor: found[2]!,
    clearsAt: found[3]!,
    codeId: found[4]!,
    currency: found[5]!,
    base: found[6]!,
    net: found[7]!,
    payeeId: found[8]!,
    plan: found[9]!,
    sellerId: found[10]!,
    text: found[11]!,
    occurredAt: found[12]!,
    orderId: found[13]!,
  };
}

function parsed(data: string): MoneyText | undefined {
  const fact = JSON.parse(data) as { movement?: Movement; occurredAt: string; orderId: string };
  if (fact.movement === undefined) return undefined;
  const { lines, net, plan, ...rest } = fact.movement;
  return {
    ...rest,
    base: canonicalJson(lines),
    net: canonicalJson(net),
    plan: canonicalJson(plan),
    occurredAt: fact.occurredAt,
    orderId: fact.orderId,
  };
}
