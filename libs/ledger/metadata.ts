// What every stored event carries beside its data.
import { z } from 'zod';
import { Sha256, Timestamp } from './values.ts';

export const Metadata = z.strictObject({
  correlationId: z.uuid(),
  causationId: z.uuid(),
  /** Who asked: `finance:ada`, `portal:connect`, `process:open-tasks`. Never a buyer. */
  actor: z.string().min(1).max(64),
  /** When we recorded it; only an as-of question by time reads it. */
  recordedAt: Timestamp,
  /** For a command without a natural id: repeats are recognised by these two. */
  idempotencyKey: z.string().min(1).max(128).optional(),
  requestHash: Sha256.optional(),
});
export type Metadata = z.infer<typeof Metadata>;
