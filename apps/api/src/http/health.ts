// Is it alive, and may requests be sent to it? Ready means: the log can be written and the read
// models follow it. Alarms, the follower's and the processes', are named as long as they stand.
import { statfs } from 'node:fs/promises';
import { Controller, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { EventStore } from '#event-store/port.ts';
import type { Config } from '../config.ts';
import type { Follower } from '../follower/follower.ts';
import { ProcessLoops } from '../processes/process-loops.ts';
import { Probe } from './route.ts';
import { CONFIG, EVENT_STORE, FOLLOWER } from '../wiring.ts';

const Live = z.strictObject({ status: z.literal('alive'), logId: z.string() }).meta({ id: 'Live' });

const Ready = z
  .strictObject({
    status: z.enum(['ready', 'not_ready']),
    store: z.strictObject({ isWritable: z.boolean(), freeBytes: z.number() }),
    follower: z.strictObject({
      state: z.enum(['starting', 'catching_up', 'following', 'restarting', 'alarm', 'stopped']),
      /** How many events the read models are behind the log. */
      behind: z.string(),
      alarm: z.string().nullable(),
    }),
    /** What a process manager cannot finish. */
    alarms: z.array(z.strictObject({ process: z.string(), key: z.string(), message: z.string() })),
  })
  .meta({ id: 'Ready' });
type Ready = z.infer<typeof Ready>;

/** Below this the disk counts as full: a write or two from being so. */
const LEAST_FREE_BYTES = 16 * 1024 * 1024;

@Controller('health')
export class HealthController {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(FOLLOWER) private readonly follower: Follower,
    @Inject(CONFIG) private readonly config: Config,
    private readonly processes: ProcessLoops,
  ) {}

  /** Names the log, so that nobody takes another service on this port for this one. */
  @Probe('live', { summary: 'Is the process alive', answer: Live })
  live() {
    return { status: 'alive', logId: this.store.logId };
  }

  @Probe('ready', { summary: 'May requests be sent to it (503: not now)', answer: Ready })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Ready> {
    const { state, message = null, checkpoint } = this.follower.status();
    const behind = (await this.store.head()) - checkpoint.position;
    const store = await this.#room();
    const isReady = state === 'following' && store.isWritable;
    void reply.code(isReady ? 200 : 503);
    return {
      status: isReady ? 'ready' : 'not_ready',
      store,
      follower: { state, behind: String(behind), alarm: message },
      alarms: [...this.processes.alarms()],
    };
  }

  async #room(): Promise<Ready['store']> {
    const { bavail, bsize } = await statfs(this.config.dataDirectory);
    const freeBytes = bavail * bsize;
    return { isWritable: freeBytes >= LEAST_FREE_BYTES, freeBytes };
  }
}
