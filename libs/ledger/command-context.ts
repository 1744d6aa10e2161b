// What comes with every command beside what it asks for: who asks, from where, and the one reading
// of the clock. Nothing below the edge reads a clock or decides who the actor is.
import { z } from 'zod';
import { Metadata } from './metadata.ts';
import { Sha256, Timestamp } from './values.ts';

export const CommandContext = z.strictObject({
  /** `finance:ada`, `portal:connect`, `process:open-tasks`. Never a buyer. */
  actor: Metadata.shape.actor,
  /** The same for everything that follows from one request. */
  correlationId: z.uuid(),
  /** The request, line or event that this command was made for. */
  causationId: z.uuid(),
  /** The command's only clock: what it decides by and what its events are recorded at. */
  now: Timestamp,
  /** Only for a command without a natural id; comes with the hash of its request. */
  idempotencyKey: Metadata.shape.idempotencyKey,
  requestHash: Sha256.optional(),
});
export type CommandContext = Readonly<z.infer<typeof CommandContext>>;

/** What every event of the command carries; a request's hash only beside its key. */
export function metadataOf(context: CommandContext): Metadata {
  const { actor, correlationId, causationId, now, idempotencyKey } = context;
  const metadata: Metadata = { actor, causationId, correlationId, recordedAt: now };
  if (idempotencyKey === undefined) return metadata;
  const { requestHash } = context;
  return { ...metadata, idempotencyKey, ...(requestHash !== undefined && { requestHash }) };
}
