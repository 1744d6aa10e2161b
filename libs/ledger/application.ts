// Decider of `application-{task}/{influencer}`: the system reviews an application at once (rule 7),
// an approved influencer asks for codes (rule 8) and submits content (rule 9). One request and one
// code for an individual, ever; an agency asks as often as it wants, each request under its own id.
import { z } from 'zod';
import {
  CodesRequested,
  ContentSubmitted,
  type ApplicationEvent,
  type RejectionReason,
} from './application.events.ts';
import { accept, refuse, type Decider, type Decision } from './decider.ts';
import { isSuspendedAt, type InfluencerState, type RegisteredInfluencer } from './influencer.ts';
import { wasSoAt } from './interval.ts';
import type { ExistingTask, TaskState } from './task.ts';
import { latest, untimely, type Timed, type TimeRefusal } from './time.ts';
import { EventRef, Id, TaskId, type ForeignId, type Timestamp } from './values.ts';

/** Names the rules below by which the system reviews; a changed rule is a new version. */
const REVIEW_RULE_VERSION = 1;

// State

export interface CodeRequest {
  readonly requestId: ForeignId;
  readonly count: number;
  readonly seed: string;
  readonly occurredAt: Timestamp;
}

interface JudgedApplication {
  /** `applied` only between the two events of one append. */
  readonly status: 'applied' | 'approved' | 'rejected';
  readonly taskId: TaskId;
  readonly influencerId: Id;
  readonly reviewedAt: Timestamp;
  /** In the order in which they came; `evolve` updates both in place. */
  readonly requests: Map<ForeignId, CodeRequest>;
  readonly contents: Map<ForeignId, { readonly url: string; readonly occurredAt: Timestamp }>;
}
export type ApplicationState = { readonly status: 'absent' } | JudgedApplication;

export const application: Decider<ApplicationState, ApplicationEvent> = {
  category: 'application',
  foldVersion: 1,
  initial: () => ({ status: 'absent' }),
  evolve,
  sizeOf: (state) =>
    state.status === 'absent' ? 50 : 400 + 350 * state.requests.size + 500 * state.contents.size,
};

function evolve(state: ApplicationState, event: ApplicationEvent): ApplicationState {
  const { taskId, influencerId, occurredAt } = event.data;
  if (event.type === 'TaskApplied') {
    const { requests, contents } =
      state.status === 'absent' ? { requests: new Map(), contents: new Map() } : state;
    return { status: 'applied', taskId, influencerId, reviewedAt: occurredAt, requests, contents };
  }
  if (state.status === 'absent') throw new Error(`${event.type} before TaskApplied`);
  switch (event.type) {
    case 'ApplicationApproved':
      return { ...state, status: 'approved' };
    case 'ApplicationRejected':
      return { ...state, status: 'rejected' };
    case 'CodesRequested': {
      const { requestId, count, seed } = event.data;
      state.requests.set(requestId, { requestId, count, seed, occurredAt });
      return state;
    }
    case 'ContentSubmitted':
      state.contents.set(event.data.contentId, { url: event.data.url, occurredAt });
      return state;
  }
}

/** Every request, for whoever issues its codes: by level, so all of them. */
export const requestsOf = (state: ApplicationState): readonly CodeRequest[] =>
  state.status === 'absent' ? [] : [...state.requests.values()];

// Decisions

export const ApplyForTask = z.strictObject({
  taskId: TaskId,
  influencerId: Id,
  judgedOn: z.array(EventRef),
});
export type ApplyForTask = z.infer<typeof ApplyForTask>;

export type ApplyForTaskRefusal = 'task_must_exist' | 'influencer_must_be_registered' | TimeRefusal;

interface Related {
  readonly task: TaskState;
  readonly influencer: InfluencerState;
}

/** A rejection is a fact too, not a refusal: the outcome stands in the events. */
export function applyForTask(
  { taskId, influencerId, judgedOn, occurredAt, now }: Timed<ApplyForTask>,
  state: ApplicationState,
  { task, influencer }: Related,
): Decision<ApplicationEvent, ApplyForTaskRefusal> {
  if (state.status === 'approved') return accept();
  if (task.status === 'absent') return refuse('task_must_exist', { taskId });
  if (influencer.status === 'absent')
    return refuse('influencer_must_be_registered', { influencerId });
  const opened = task.opened.occurredAt;
  const lastFact = state.status === 'absent' ? opened : latest(state.reviewedAt, opened);
  const faultyTime = untimely({ occurredAt, now }, lastFact);
  if (faultyTime) return faultyTime;
  const applied = { taskId, influencerId, occurredAt };
  const review = { ...applied, ruleVersion: REVIEW_RULE_VERSION, judgedOn };
  const reason = reviewed(occurredAt, task, influencer);
  return accept<ApplicationEvent>(
    { type: 'TaskApplied', data: applied },
    reason === null
      ? { type: 'ApplicationApproved', data: { ...review, by: 'system' } }
      : { type: 'ApplicationRejected', data: { ...review, reason } },
  );
}

/** The system's review, rules version 1: the first reason that applies, or null. */
function reviewed(
  at: Timestamp,
  { opened, open }: ExistingTask,
  influencer: RegisteredInfluencer,
): RejectionReason | null {
  if (at > opened.applicationClosesAt) return 'deadline_passed';
  if (isSuspendedAt(influencer, at)) return 'influencer_suspended';
  if (!wasSoAt(open, at)) return 'task_closed';
  return null;
}

export const RequestCodes = CodesRequested.shape.data.omit({ occurredAt: true });
export type RequestCodes = z.infer<typeof RequestCodes>;

export type RequestCodesRefusal =
  | 'code_request_must_not_change'
  | 'application_must_be_approved'
  | 'individual_must_have_one_code_per_task'
  | 'influencer_must_not_be_suspended'
  | 'task_must_be_open'
  | TimeRefusal;

/** The same request again keeps the first seed: the texts are those that were promised. */
export function requestCodes(
  { now, ...data }: Timed<RequestCodes>,
  state: ApplicationState,
  { task, influencer }: Related,
): Decision<ApplicationEvent, RequestCodesRefusal> {
  const { taskId, influencerId, requestId, count, occurredAt } = data;
  const asked = state.status === 'absent' ? undefined : state.requests.get(requestId);
  if (asked && asked.count !== count)
    return refuse('code_request_must_not_change', { requestId, count: asked.count });
  if (asked) return accept();
  if (state.status !== 'approved')
    return refuse('application_must_be_approved', { taskId, influencerId });
  const isIndividual = influencer.status === 'registered' && influencer.kind === 'individual';
  if (isIndividual && count + state.requests.size > 1)
    return refuse('individual_must_have_one_code_per_task', { taskId, influencerId });
  if (isSuspendedAt(influencer, occurredAt))
    return refuse('influencer_must_not_be_suspended', { influencerId });
  if (task.status === 'absent' || !wasSoAt(task.open, occurredAt))
    return refuse('task_must_be_open', { taskId });
  const lastFact = requestsOf(state).at(-1)?.occurredAt ?? state.reviewedAt;
  const faultyTime = untimely({ occurredAt, now }, lastFact);
  if (faultyTime) return faultyTime;
  return accept({ type: 'CodesRequested', data });
}

export const SubmitContent = ContentSubmitted.shape.data.omit({ occurredAt: true });
export type SubmitContent = z.infer<typeof SubmitContent>;

export type SubmitContentRefusal =
  'content_must_not_change' | 'application_must_be_approved' | TimeRefusal;

/** Also after the deadline and for a closed task: no commission ever depends on it. */
export function submitContent(
  { now, ...data }: Timed<SubmitContent>,
  state: ApplicationState,
): Decision<ApplicationEvent, SubmitContentRefusal> {
  const { taskId, influencerId, contentId, url, occurredAt } = data;
  const contents = state.status === 'absent' ? null : state.contents;
  const submitted = contents?.get(contentId);
  if (submitted && submitted.url !== url)
    return refuse('content_must_not_change', { contentId, url: submitted.url });
  if (submitted) return accept();
  if (state.status !== 'approved')
    return refuse('application_must_be_approved', { taskId, influencerId });
  const faultyTime = untimely({ occurredAt, now }, state.reviewedAt);
  if (faultyTime) return faultyTime;
  return accept({ type: 'ContentSubmitted', data });
}

export type ApplicationRefusal = ApplyForTaskRefusal | RequestCodesRefusal | SubmitContentRefusal;
