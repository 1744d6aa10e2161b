// Is it alive, and may requests be sent to it? Ready means: the log can be written and the read
// models follow it. Alarms, the follower's and the processes', are named as long as they stand.
import { statfs } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { healthOf } from '#event-store/log-source.ts';
import { type EventStore, type Position, StoreUnavailable } from '#event-store/port.ts';
import type { Checkpoint } from '#read-store/read-model.ts';
import { ClickHouseCopy } from '../clickhouse-copy/clickhouse-copy.ts';
import type { Config } from '../config.ts';
import type { Follower } from '../follower/follower.ts';
import { ProcessLoops } from '../processes/process-loops.ts';
import { Probe } from './route.ts';
import { CONFIG, EVENT_STORE, FOLLOWER } from '../wiring.ts';

const Live = z.strictObject({ status: z.literal('alive'), logId: z.string() }).meta({ id: 'Live' });

const Ready = z
  .strictObject({
    status: z.enum(['ready', 'not_ready']),
    store: z.strictObject({
      isWritable: z.boolean(),
      /** Of the data directory's disk. */
      freeBytes: z.number(),
      /** Why the log cannot be read, as long as it cannot. */
      outage: z.string().nullable(),
    }),
    follower: z.strictObject({
      state: z.enum(['starting', 'catching_up', 'following', 'restarting', 'alarm', 'stopped']),
      /** How many events the read models are behind the log; null when it cannot be counted. */
      behind: z.string().nullable(),
      alarm: z.string().nullable(),
    }),
    /** The analysts' copy of the log; null when it is kept by no engine. Never ends readiness. */
    clickhouse: z
      .strictObject({
        state: z.enum(['starting', 'catching_up', 'following', 'outage', 'alarm', 'stopped']),
        /** How many of the events that the read models hold it lacks; null while not known. */
        behind: z.string().nullable(),
        /** Why it falls behind, as long as it does. */
        message: z.string().nullable(),
      })
      .nullable(),
    /** What a process manager cannot finish. */
    alarms: z.array(z.strictObject({ process: z.string(), key: z.string(), message: z.string() })),
  })
  .meta({ id: 'Ready' });
type Ready = z.infer<typeof Ready>;

/** Below this the disk counts as full: a write or two from being so. */
const LEAST_FREE_BYTES = 16 * 1024 * 1024;

const LONGEST_SILENCE_MS = 2_000;

@Controller('health')
export class HealthController {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(FOLLOWER) private readonly follower: Follower,
    @Inject(CONFIG) private readonly config: Config,
    private readonly processes: ProcessLoops,
    private readonly copy: ClickHouseCopy,
  ) {}

  /** Names the log, so that nobody takes another service on this port for this one. */
  @Probe('live', { summary: 'Is the process alive', answer: Live })
  live() {
    return { status: 'alive', logId: this.store.logId };
  }

  @Probe('ready', { summary: 'May requests be sent to it (503: not now)', answer: Ready })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Ready> {
    const head = await this.#head();
    const { state, message = null, checkpoint } = this.follower.status();
    const { freeBytes, hasRoom } = await this.#room();
    const outage = head instanceof Error ? head.message : null;
    const isWritable = hasRoom && outage === null;
    const isReady = state === 'following' && isWritable;
    void reply.code(isReady ? 200 : 503);
    return {
      status: isReady ? 'ready' : 'not_ready',
      store: { isWritable, freeBytes, outage },
      follower: { state, behind: this.#behind(head, checkpoint), alarm: message },
      clickhouse: this.#clickhouse(checkpoint),
      alarms: [...this.processes.alarms()],
    };
  }

  #clickhouse({ logIndex }: Checkpoint): Ready['clickhouse'] {
    const status = this.copy.status();
    if (status === undefined) return null;
    const { state, events, message = null } = status;
    const behind = events === undefined ? null : String(Math.max(0, logIndex + 1 - events));
    return { state, behind, message };
  }

  /** Asked of the log itself: a connection that fell silent is not heard of otherwise. */
  async #head(): Promise<Position | Error> {
    const silence = new AbortController();
    try {
      return await Promise.race([this.store.head(), this.#silent(silence.signal)]);
    } catch (error) {
      if (error instanceof StoreUnavailable) return error;
      throw error;
    } finally {
      silence.abort();
    }
  }

  async #silent(signal: AbortSignal): Promise<Error> {
    await pause(LONGEST_SILENCE_MS, undefined, { signal }).catch(() => undefined);
    const { message = `no answer for ${LONGEST_SILENCE_MS} ms` } = healthOf(this.store);
    return new StoreUnavailable(message);
  }

  /** Positions count events where one writer numbers them. */
  #behind(head: Position | Error, { position }: Checkpoint): string | null {
    if (head instanceof Error) return null;
    if (head <= position) return '0';
    return this.store.isOnlyWriter ? String(head - position) : null;
  }

  async #room(): Promise<{ freeBytes: number; hasRoom: boolean }> {
    const { bavail, bsize } = await statfs(this.config.dataDirectory);
    const freeBytes = bavail * bsize;
    return { freeBytes, hasRoom: freeBytes >= LEAST_FREE_BYTES };
  }
}
