// What this system can do: every use case is a file, and this is their list. A slice exports a
// `…Controller` and a `…Handler`; the module takes them by these names. The boot test refuses a
// file in `commands` or `queries` that is not listed here.
import type { Type } from '@nestjs/common';
import * as acceptEntry from './commands/accept-entry.ts';
import * as applyForTask from './commands/apply-for-task.ts';
import * as applyToActivity from './commands/apply-to-activity.ts';
import * as assignIssuedCode from './commands/assign-issued-code.ts';
import { BulkOrders } from './commands/bulk/bulk-orders.ts';
import * as takeBulk from './commands/bulk/take-bulk.ts';
import * as cancelRefund from './commands/cancel-refund.ts';
import * as changeRewardPlan from './commands/change-reward-plan.ts';
import * as closeCode from './commands/close-code.ts';
import * as closePeriod from './commands/close-period.ts';
import * as confirmOrder from './commands/confirm-order.ts';
import * as createCode from './commands/create-code.ts';
import * as declineEntry from './commands/decline-entry.ts';
import * as disableAffiliate from './commands/disable-affiliate.ts';
import * as enableAffiliate from './commands/enable-affiliate.ts';
import * as enrolSeller from './commands/enrol-seller.ts';
import * as holdCommission from './commands/hold-commission.ts';
import * as invalidateOrder from './commands/invalidate-order.ts';
import * as issueStatements from './commands/issue-statements.ts';
import * as joinExistingCode from './commands/join-existing-code.ts';
import * as joinSeller from './commands/join-seller.ts';
import * as leavePlatform from './commands/leave-platform.ts';
import * as pauseCode from './commands/pause-code.ts';
import * as publishActivity from './commands/publish-activity.ts';
import * as rebuildReadModels from './commands/rebuild-read-models.ts';
import * as refundOrder from './commands/refund-order.ts';
import * as registerInfluencer from './commands/register-influencer.ts';
import * as reinstateInfluencer from './commands/reinstate-influencer.ts';
import * as releaseCommission from './commands/release-commission.ts';
import * as releaseMember from './commands/release-member.ts';
import * as requestCodes from './commands/request-codes.ts';
import * as resumeCode from './commands/resume-code.ts';
import * as revokeIssuedCode from './commands/revoke-issued-code.ts';
import * as setProgrammeRules from './commands/set-programme-rules.ts';
import * as signMember from './commands/sign-member.ts';
import * as submitContent from './commands/submit-content.ts';
import * as suspendInfluencer from './commands/suspend-influencer.ts';
import * as takeOrder from './commands/take-order.ts';
import { CloseCodes } from './processes/close-codes.ts';
import { Hints } from './processes/hints.ts';
import { IssueCodes } from './processes/issue-codes.ts';
import { IssueStatements } from './processes/issue-statements.ts';
import { KeepDocuments } from './processes/keep-documents.ts';
import { OpenTasks } from './processes/open-tasks.ts';
import { NewOrders } from './processes/new-orders.ts';
import { OrderDesk } from './processes/order-desk.ts';
import { ProcessLoops } from './processes/process-loops.ts';
import * as explainOrder from './queries/explain-order.ts';
import * as listActivities from './queries/list-activities.ts';
import * as listAppliedActivities from './queries/list-applied-activities.ts';
import * as listEarnings from './queries/list-earnings.ts';
import * as listEvents from './queries/list-events.ts';
import * as listInfluencerCodes from './queries/list-influencer-codes.ts';
import * as listInfluencerOrders from './queries/list-influencer-orders.ts';
import * as listJournal from './queries/list-journal.ts';
import * as listPeriods from './queries/list-periods.ts';
import * as listSellerCodes from './queries/list-seller-codes.ts';
import * as listSellerOrders from './queries/list-seller-orders.ts';
import * as listStatements from './queries/list-statements.ts';
import * as listTasks from './queries/list-tasks.ts';
import * as showCode from './queries/show-code.ts';
import * as showInfluencer from './queries/show-influencer.ts';
import * as showOrder from './queries/show-order.ts';
import * as showProgramme from './queries/show-programme.ts';
import * as showSeller from './queries/show-seller.ts';
import * as showStatementDocument from './queries/show-statement-document.ts';
import * as showTask from './queries/show-task.ts';
import * as showTrialBalance from './queries/show-trial-balance.ts';

const commands: readonly object[] = [
  setProgrammeRules,
  closePeriod,
  issueStatements,

  joinSeller,
  enrolSeller,
  leavePlatform,

  registerInfluencer,
  signMember,
  releaseMember,
  suspendInfluencer,
  reinstateInfluencer,

  createCode,
  enableAffiliate,
  disableAffiliate,
  changeRewardPlan,
  pauseCode,
  resumeCode,
  closeCode,

  publishActivity,
  applyToActivity,
  acceptEntry,
  declineEntry,

  joinExistingCode,
  applyForTask,
  requestCodes,
  assignIssuedCode,
  revokeIssuedCode,
  submitContent,

  takeOrder,
  takeBulk,
  confirmOrder,
  refundOrder,
  cancelRefund,
  invalidateOrder,
  holdCommission,
  releaseCommission,

  rebuildReadModels,
];

const queries: readonly object[] = [
  showProgramme,
  listPeriods,
  listStatements,
  showStatementDocument,
  showSeller,
  listSellerCodes,
  listSellerOrders,
  listAppliedActivities,
  showInfluencer,
  listInfluencerCodes,
  listInfluencerOrders,
  listEarnings,
  showCode,
  listActivities,
  listTasks,
  showTask,
  showOrder,
  explainOrder,
  listJournal,
  showTrialBalance,
  listEvents,
];

/** Process managers write by level, whenever something they watch changed. */
export const processes: readonly Type<object>[] = [
  NewOrders,
  OrderDesk,
  BulkOrders,
  Hints,
  OpenTasks,
  CloseCodes,
  IssueCodes,
  IssueStatements,
  KeepDocuments,
  ProcessLoops,
];

export const controllers = partsNamed('Controller');
export const handlers = partsNamed('Handler');

function partsNamed(ending: string): Type<object>[] {
  return [...commands, ...queries].flatMap((slice) =>
    Object.entries(slice).flatMap(([name, part]) => (name.endsWith(ending) ? [part] : [])),
  );
}
