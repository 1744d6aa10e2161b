// Stream `influencer-{id}`: individuals and agencies, whom an agency has signed, suspension.
// Ids only: names, addresses and handles stay with the portals.
import { z } from 'zod';
import { event } from './decider.ts';
import { Id, Timestamp } from './values.ts';

export const InfluencerKind = z.enum(['individual', 'agency']);
export type InfluencerKind = z.infer<typeof InfluencerKind>;

export const InfluencerRegistered = event('InfluencerRegistered', {
  influencerId: Id,
  kind: InfluencerKind,
  occurredAt: Timestamp,
});
export type InfluencerRegistered = z.infer<typeof InfluencerRegistered>;

/** In the agency's stream. The member is an individual with a stream of its own. */
export const MemberSigned = event('MemberSigned', {
  influencerId: Id,
  memberId: Id,
  occurredAt: Timestamp,
});
export type MemberSigned = z.infer<typeof MemberSigned>;

export const MemberReleased = event('MemberReleased', {
  influencerId: Id,
  memberId: Id,
  occurredAt: Timestamp,
});
export type MemberReleased = z.infer<typeof MemberReleased>;

export const InfluencerSuspended = event('InfluencerSuspended', {
  influencerId: Id,
  reason: z.string().min(1).max(200),
  occurredAt: Timestamp,
});
export type InfluencerSuspended = z.infer<typeof InfluencerSuspended>;

export const InfluencerReinstated = event('InfluencerReinstated', {
  influencerId: Id,
  occurredAt: Timestamp,
});
export type InfluencerReinstated = z.infer<typeof InfluencerReinstated>;

export const InfluencerEvent = z.discriminatedUnion('type', [
  InfluencerRegistered,
  MemberSigned,
  MemberReleased,
  InfluencerSuspended,
  InfluencerReinstated,
]);
export type InfluencerEvent = z.infer<typeof InfluencerEvent>;
