// Every refusal with its status and its words: the one table, complete by its type. 404: what was
// named is not there. 409: it is not in a state for this. 422: the request contradicts itself or a
// rule, whatever the state.
import type { RefusalCode } from '#ledger/refusals.ts';

/** Of the edge: what needs a code's state to be judged, and is said in the edge's words. */
export type EdgeRefusal = 'fee_must_be_in_the_codes_currency' | 'statement_run_must_be_sound';

type Words = readonly [status: 404 | 409 | 422, title: string];

export const REFUSALS: Readonly<Record<RefusalCode | EdgeRefusal, Words>> = {
  // Any command
  idempotency_key_must_not_be_reused: [422, 'This idempotency key stands for another request.'],
  occurred_at_must_not_be_ahead_of_the_clock: [422, 'That is more than five minutes from now.'],
  occurred_at_must_not_precede_last_fact: [409, 'A later fact of the same kind is known already.'],

  // Programme and periods
  programme_rules_must_be_set: [409, 'The rules of the programme have not been set yet.'],
  first_period_must_not_change_once_closed: [409, 'A period is closed: the first one stays.'],
  periods_must_be_closed_in_order: [409, 'Another period has to be closed first.'],
  period_must_be_past_its_grace: [409, 'The period and its days of grace are not over yet.'],
  period_must_be_closed: [409, 'The period is not closed.'],
  statement_run_must_be_complete: [409, 'The statements of the last period are not complete.'],
  statement_run_must_be_sound: [409, 'The statements cannot be issued as things are.'],
  statement_run_must_not_change: [409, 'The statements of that period were issued differently.'],
  issued_statement_must_not_change: [409, 'That statement was issued with other content.'],
  statements_must_be_issued_in_order: [409, 'An earlier statement has to be issued first.'],
  statement_must_open_with_last_closing: [409, 'The statement does not go on from the last one.'],
  statement_must_add_up: [409, 'The statement does not add up.'],

  // Sellers and influencers
  seller_must_have_joined: [409, 'The seller has not joined the platform.'],
  seller_must_be_in_affiliate_programme: [409, 'The seller is not in the affiliate programme.'],
  influencer_must_be_registered: [404, 'There is no such influencer.'],
  influencer_must_not_change_kind: [409, 'The influencer is registered as another kind.'],
  influencer_must_be_agency: [409, 'Only an agency has members.'],
  influencer_must_not_be_suspended: [409, 'The influencer is suspended.'],
  member_must_be_registered: [404, 'The member is not registered.'],
  member_must_be_individual: [409, 'Only an individual can be signed.'],
  member_must_be_signed: [409, 'The agency has not signed that member.'],

  // Codes
  code_must_exist: [404, 'There is no such promo code.'],
  code_must_not_change: [409, 'A code of this id exists with other rules.'],
  code_must_not_be_closed: [409, 'The code is closed.'],
  code_must_belong_to_seller: [409, 'The code belongs to another seller.'],
  currency_must_exist: [422, 'There is no such currency.'],
  discount_must_be_above_zero: [422, 'A discount of nothing is none.'],
  redemption_window_must_not_end_before_it_starts: [422, 'The window ends before it starts.'],
  storewide_code_must_name_no_products: [422, 'A storewide code is for all products.'],
  set_products_code_must_name_products: [422, 'Say for which products the code is.'],
  affiliate_switch_must_be_on: [409, 'The affiliate switch of the code is off.'],
  reward_plan_must_be_in_force: [409, 'The code has no reward plan in force: give one.'],
  effective_from_must_not_precede_occurred_at: [422, 'A plan cannot take effect in the past.'],
  fee_must_be_in_the_codes_currency: [422, 'The fee is not in the currency of the code.'],
  reservation_must_exist: [409, 'The code holds no such reservation.'],

  // Activities
  activity_must_exist: [404, 'There is no such activity.'],
  activity_must_not_change: [409, 'An activity of this id was published differently.'],
  activity_must_take_applications: [409, 'The activity takes no more applications.'],
  activity_application_must_exist: [404, 'There is no such application to the activity.'],
  activity_application_must_be_pending: [409, 'The application has been decided on already.'],

  // Tasks, applications, issued codes
  task_must_exist: [404, 'There is no such task.'],
  task_must_be_open: [409, 'The task is closed.'],
  application_must_be_approved: [409, 'The influencer has no approved application for the task.'],
  individual_must_have_one_code_per_task: [409, 'An individual has one code per task.'],
  code_request_must_not_change: [409, 'This request id stands for another number of codes.'],
  content_must_not_change: [409, 'This content id stands for another address.'],
  text_must_be_issued: [404, 'No code of this text was issued.'],
  text_must_not_be_taken: [409, 'The text belongs to another request.'],
  issued_code_must_not_be_revoked: [409, 'The issued code is revoked.'],
  code_must_belong_to_payee: [409, 'The issued code belongs to another influencer.'],
  payee_must_be_agency: [409, 'Only an agency hands codes to others.'],

  // Orders
  order_must_not_change: [409, 'The order is known with other content.'],
  order_must_be_known: [404, 'The order is not known.'],
  order_must_be_attributed: [409, 'The order was rejected: nothing follows from it.'],
  order_must_not_be_invalidated: [409, 'The order was invalidated: that is final.'],
  order_amount_must_be_within_limit: [422, 'The order is worth more than the ledger takes.'],
  line_ids_must_be_distinct: [422, 'Two lines of the order have the same id.'],
  paid_at_must_not_be_ahead_of_the_clock: [
    422,
    'The order is paid more than five minutes from now.',
  ],
  confirmed_at_must_not_be_ahead_of_the_clock: [
    422,
    'The order is confirmed more than five minutes from now.',
  ],
  parked_facts_must_be_settled: [409, 'Earlier facts about the order are not settled yet.'],
  confirmation_must_not_change: [409, 'The order was confirmed at another time.'],
  confirmation_must_be_within_limit: [422, 'The confirmation is later than the programme takes.'],
  refund_must_not_change: [409, 'This refund id stands for another refund.'],
  refund_must_be_above_zero: [422, 'A refund of nothing is none.'],
  refund_must_be_known: [404, 'There is no such refund.'],
  refund_must_not_be_refused: [409, 'The refund was refused: there is nothing to cancel.'],
  commission_must_be_held: [409, 'The commission of the order is not held.'],
};

/** A decision's code as the table knows it; a code from nowhere is a bug. */
export function wordsOf(code: string): Words {
  const words = REFUSALS[code as RefusalCode];
  if (words === undefined) throw new Error(`no words for the refusal ${code}`);
  return words;
}
