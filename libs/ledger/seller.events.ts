// Stream `seller-{id}`: joining the platform, enrolling in the programme, leaving (rule 1).
import { z } from 'zod';
import { event } from './decider.ts';
import { Id, Timestamp } from './values.ts';

const seller = { sellerId: Id, occurredAt: Timestamp };

export const SellerJoined = event('SellerJoined', seller);
export type SellerJoined = z.infer<typeof SellerJoined>;

export const SellerEnrolled = event('SellerEnrolled', seller);
export type SellerEnrolled = z.infer<typeof SellerEnrolled>;

export const SellerLeft = event('SellerLeft', seller);
export type SellerLeft = z.infer<typeof SellerLeft>;

export const SellerEvent = z.discriminatedUnion('type', [SellerJoined, SellerEnrolled, SellerLeft]);
export type SellerEvent = z.infer<typeof SellerEvent>;
