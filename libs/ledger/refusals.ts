// Every code with which a command is turned down, in one union: the table that maps refusals to
// HTTP is exhaustive over it. Why an order is rejected is no refusal but a stored fact.
import type { ActivityRefusal } from './activity.ts';
import type { ChangePlanRefusal, DisableRefusal, EnableRefusal } from './affiliate.ts';
import type { ApplicationRefusal } from './application.ts';
import type { InfluencerRefusal } from './influencer.ts';
import type { IssuedCodeRefusal } from './issued-code.ts';
import type { UnstorableOrderRefusal } from './limits.ts';
import type { OrderRefusal } from './order-refusals.ts';
import type { PayeeRefusal } from './payee.ts';
import type { ProgrammeRefusal } from './programme.ts';
import type { CloseCodeRefusal, CreateCodeRefusal, PauseRefusal } from './promo-code.ts';
import type { ReleaseRedemptionRefusal } from './redemptions.ts';
import type { SellerRefusal } from './seller.ts';
import type { TaskRefusal } from './task.ts';

type PromoCodeRefusal =
  | CreateCodeRefusal
  | PauseRefusal
  | CloseCodeRefusal
  | EnableRefusal
  | DisableRefusal
  | ChangePlanRefusal
  | ReleaseRedemptionRefusal;

export type RefusalCode =
  | ProgrammeRefusal
  | SellerRefusal
  | InfluencerRefusal
  | PromoCodeRefusal
  | ActivityRefusal
  | TaskRefusal
  | ApplicationRefusal
  | IssuedCodeRefusal
  | UnstorableOrderRefusal
  | OrderRefusal
  | PayeeRefusal
  /** The runner's own: it keeps the keys. */
  | 'idempotency_key_must_not_be_reused';
