// The journal's rule: what each event posts, balanced to zero per currency, from the event alone.
// Sign: an account's balance is what stands in it for its owner. A seller's commission account is
// negative by what the seller owes; a payee's accounts are positive by what the payee has there.
import type { LedgerEvent } from './events.ts';
import type { Movement } from './order.events.ts';
import type { StatementIssued } from './payee.events.ts';
import type { CurrencyCode, Id } from './values.ts';

/** The chart of accounts; each is kept per currency. */
export type PayeeAccount = 'pending' | 'held' | 'payable' | 'in_transit' | 'paid';
type PlatformAccount = 'adjustments' | 'write_off';
export type Account =
  `seller:${string}:commission` | `payee:${string}:${PayeeAccount}` | `platform:${PlatformAccount}`;

export const sellerCommission = (sellerId: Id): Account => `seller:${sellerId}:commission`;
export const payeeAccount = (payeeId: Id, account: PayeeAccount): Account =>
  `payee:${payeeId}:${account}`;

export interface Posting {
  readonly account: Account;
  readonly currency: CurrencyCode;
  /** Never zero. */
  readonly amountMinor: bigint;
}

/** None for an event that moves nothing; otherwise two that add up to zero. */
export function postings(event: LedgerEvent): readonly Posting[] {
  switch (event.type) {
    case 'OrderConfirmed':
    case 'OrderRefunded':
    case 'RefundCancelled':
    case 'OrderInvalidated':
      return earning(event.data.movement);
    case 'CommissionHeld':
      return carriedOver(event.data.movement, 'pending', 'held');
    case 'CommissionReleased':
      return carriedOver(event.data.movement, 'held', 'pending');
    case 'StatementIssued':
      return stated(event.data);
    case 'ProgrammeRulesSet':
    case 'PeriodClosed':
    case 'StatementRunCompleted':
    case 'SellerJoined':
    case 'SellerEnrolled':
    case 'SellerLeft':
    case 'InfluencerRegistered':
    case 'MemberSigned':
    case 'MemberReleased':
    case 'InfluencerSuspended':
    case 'InfluencerReinstated':
    case 'CodeCreated':
    case 'AffiliateEnabled':
    case 'AffiliateDisabled':
    case 'RewardPlanChanged':
    case 'CodePaused':
    case 'CodeResumed':
    case 'CodeClosed':
    case 'RedemptionReserved':
    case 'RedemptionReleased':
    case 'ActivityPublished':
    case 'ActivityApplied':
    case 'ActivityApplicationAccepted':
    case 'ActivityApplicationDeclined':
    case 'TaskOpened':
    case 'TaskClosed':
    case 'TaskReopened':
    case 'TaskApplied':
    case 'ApplicationApproved':
    case 'ApplicationRejected':
    case 'CodesRequested':
    case 'ContentSubmitted':
    case 'CodeIssued':
    case 'CodeAssigned':
    case 'CodeRevoked':
    case 'OrderAttributed':
    case 'OrderRejected':
    case 'RefundRefused':
    case 'RefundParked':
    case 'ConfirmationParked':
      return [];
    default:
      return unknownEvent(event);
  }
}

/** What a payee earns, the seller owes; a reversal is negative. */
function earning(movement: Movement | undefined): readonly Posting[] {
  if (movement === undefined) return [];
  const { payeeId, sellerId, account, currency, amountMinor } = movement;
  const to = payeeAccount(payeeId, account);
  return transfer(sellerCommission(sellerId), to, currency, BigInt(amountMinor));
}

function carriedOver(
  movement: Movement | undefined,
  from: PayeeAccount,
  to: PayeeAccount,
): readonly Posting[] {
  if (movement === undefined) return [];
  const { payeeId, currency, amountMinor } = movement;
  const taken = payeeAccount(payeeId, from);
  return transfer(taken, payeeAccount(payeeId, to), currency, BigInt(amountMinor));
}

function stated({ payeeId, currency, linesMinor }: StatementIssued['data']): readonly Posting[] {
  const pending = payeeAccount(payeeId, 'pending');
  return transfer(pending, payeeAccount(payeeId, 'payable'), currency, BigInt(linesMinor));
}

function transfer(
  from: Account,
  to: Account,
  currency: CurrencyCode,
  amountMinor: bigint,
): readonly Posting[] {
  if (amountMinor === 0n) return [];
  return [
    { account: from, currency, amountMinor: -amountMinor },
    { account: to, currency, amountMinor },
  ];
}

function unknownEvent(event: never): never {
  throw new Error(`no posting rule for ${(event as LedgerEvent).type}`);
}
