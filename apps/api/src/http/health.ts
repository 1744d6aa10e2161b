// Is it alive, and may requests be sent to it? Ready means: the log can be written and the read
// models follow it. Alarms, the follower's and the processes', are named as long as they stand.
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { EventStore } from '#event-store/port.ts';
import type { Follower } from '../follower/follower.ts';
import { EVENT_STORE, FOLLOWER } from '../wiring.ts';

@Controller('health')
export class HealthController {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(FOLLOWER) private readonly follower: Follower,
  ) {}

  /** Names the log, so that nobody takes another service on this port for this one. */
  @Get('live')
  live() {
    return { status: 'alive', logId: this.store.logId };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const head = await this.store.head();
    const { state, message, checkpoint } = this.follower.status();
    const isReady = state === 'following';
    void reply.code(isReady ? 200 : 503);
    return {
      status: isReady ? 'ready' : 'not_ready',
      follower: { state, behind: String(head - checkpoint.position), message: message ?? null },
    };
  }
}
