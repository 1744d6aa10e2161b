// An admin replays history into new tables beside live traffic: progress as it goes, then for each
// projection whether its rows came out the same, and the switch. Changes nothing in the log.
import { PassThrough } from 'node:stream';
import { Body, Controller, Inject, StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import type { Follower } from '../follower/follower.ts';
import { Write } from '../http/route.ts';
import { FOLLOWER } from '../wiring.ts';

export const RebuildReadModelsBody = z
  .strictObject({
    /** All of them unless named. */
    projections: z
      .array(z.string().regex(/^[a-z-]{1,64}$/))
      .min(1)
      .max(100)
      .optional(),
  })
  .meta({ id: 'RebuildReadModels', examples: [{ projections: ['balances'] }] });
type RebuildReadModelsBody = z.infer<typeof RebuildReadModelsBody>;

/** A line of the answer. */
const RebuildLine = z
  .union([
    z.strictObject({
      phase: z.enum(['reading', 'indexing', 'comparing']),
      done: z.int(),
      total: z.int(),
    }),
    z.strictObject({
      projection: z.string(),
      version: z.int(),
      logIndex: z.int(),
      oldHash: z.string().nullable(),
      newHash: z.string(),
      matches: z.boolean().nullable(),
    }),
    z.strictObject({ failed: z.string() }),
  ])
  .meta({ id: 'RebuildLine' });

@Controller('replays')
export class RebuildReadModelsController {
  constructor(@Inject(FOLLOWER) private readonly follower: Follower) {}

  @Write('', {
    summary: 'Rebuild read models from the log',
    description:
      'Lines of progress, one report per projection; `failed` is the last line if it did.',
    answer: RebuildLine,
    produces: 'application/x-ndjson',
  })
  rebuild(@Body({ schema: RebuildReadModelsBody }) { projections }: RebuildReadModelsBody) {
    const lines = new PassThrough();
    const say = (line: z.infer<typeof RebuildLine>) => {
      if (lines.writable) lines.write(`${JSON.stringify(line)}\n`);
    };
    void this.follower
      .rebuild(projections ?? 'all', say)
      .then(
        (reports) => reports.forEach((report) => say(report)),
        (error: Error) => say({ failed: error.message }),
      )
      .finally(() => lines.end());
    return new StreamableFile(lines, { type: 'application/x-ndjson' });
  }
}
