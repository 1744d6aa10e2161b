// The faults, one after another: what is done to the server, the network or a node while both nodes
// are under load. Each ends with everything up again; what must be true then is asked elsewhere.
import { setTimeout as pause } from 'node:timers/promises';
import type { CAN } from './faulty-server.ts';
import type { Field } from './field.ts';

export interface Fault {
  readonly name: string;
  /** Not every server can be brought to do it. */
  readonly needs?: keyof typeof CAN;
  /** The log is out of reach for so long that readiness must say so. */
  readonly isOutage?: boolean;
  /** @param scale 1, or more for a longer run */
  readonly strike: (field: Field, scale: number) => Promise<void>;
}

/** Ten seconds outlast every deadline, three only the heartbeat. */
const stallMs = (scale: number) => (scale > 1 ? 10_000 : 3_000);

const times = async (count: number, step: (round: number) => Promise<void>) => {
  for (let round = 0; round < count; round += 1) await step(round);
};

/** Between an append and what follows from it, a kill may come at any moment. */
const anyMoment = (upToMs: number) => pause(50 + Math.random() * upToMs);

/** Two nodes of three are enough: work goes on before the one that was struck is back. */
const OF_A_CLUSTER: readonly Fault[] = [
  {
    name: 'the leader killed, and started again when another leads',
    needs: 'a command to a cluster',
    strike: (field, scale) =>
      times(scale, async () => {
        await anyMoment(300);
        await field.server.cluster!.kill('leader');
        await field.recovered();
        await field.server.startAgain();
        await field.recovered();
      }),
  },
  {
    name: 'the leader stopped for seconds, and continued when another leads',
    needs: 'a command to a cluster',
    strike: (field, scale) =>
      times(scale, async () => {
        const since = performance.now();
        await field.server.cluster!.stallLeader();
        await field.recovered();
        await pause(Math.max(0, 10_000 - (performance.now() - since)));
        await field.server.goOn();
        await field.recovered();
      }),
  },
  {
    name: 'the leader resigned',
    needs: 'a command to a cluster',
    strike: (field, scale) =>
      times(scale, async () => {
        await anyMoment(300);
        await field.server.cluster!.resignLeader();
        await field.recovered();
      }),
  },
  {
    name: 'a follower killed and started again',
    needs: 'a command to a cluster',
    strike: (field, scale) =>
      times(scale, async () => {
        await field.server.cluster!.kill('follower');
        await anyMoment(500);
        await field.server.startAgain();
        await field.recovered();
      }),
  },
];

export const FAULTS: readonly Fault[] = [
  {
    name: 'a node killed at any step, its sibling beside it',
    strike: (field, scale) =>
      times(2 * scale, async (round) => {
        const node = field.nodes[round % 2]!;
        // Answers that come late leave more moments between two appends of one use case.
        await field.server.faults?.delayAnswers(round % 4 < 2 ? 30 : 0);
        await anyMoment(400);
        await node.kill();
        await field.server.faults?.delayAnswers(0);
        await node.startAgain();
        await field.recovered();
      }),
  },
  {
    name: 'a node that stands still in the middle of its work and goes on',
    strike: (field, scale) =>
      times(scale, async (round) => {
        const node = field.nodes[round % 2]!;
        node.stall();
        await pause(1_000);
        node.goOn();
        await field.recovered();
      }),
  },
  {
    name: 'the server killed and started again',
    needs: 'a command',
    strike: (field, scale) =>
      times(scale, async () => {
        await anyMoment(300);
        await field.server.kill();
        await anyMoment(500);
        await field.server.startAgain();
        await field.recovered();
      }),
  },
  {
    name: 'the server stopped for seconds and continued',
    needs: 'a command',
    isOutage: true,
    strike: async (field, scale) => {
      const since = performance.now();
      await field.server.stall();
      await field.missed();
      await pause(stallMs(scale) - (performance.now() - since));
      await field.server.goOn();
      await field.recovered();
    },
  },
  {
    name: 'the connection lost and back',
    needs: 'a wire',
    isOutage: true,
    strike: async (field, scale) => {
      const wire = field.server.wire!;
      await times(5 * scale, async () => {
        await wire.dropConnections();
        await anyMoment(100);
      });
      await wire.refuseConnections();
      await field.missed();
      await wire.acceptConnections();
      await field.recovered();
    },
  },
  {
    name: 'connections lost just before and just after an append took effect',
    needs: 'the double',
    strike: (field, scale) =>
      times(10 * scale, async (round) => {
        const kind = round % 2 === 0 ? 'drop_before' : 'drop_after';
        await field.server.faults!.nextAppends({ kind });
        await anyMoment(50);
      }),
  },
  {
    name: 'unknown outcomes at a rate',
    needs: 'the double',
    strike: async (field, scale) => {
      const faults = field.server.faults!;
      await faults.reorderAnswers(3);
      await times(20 * scale, async (round) => {
        const kind = round % 4 === 0 ? 'timeout_before' : 'timeout_after';
        await faults.nextAppends({ kind }, 1 + (round % 3));
        await anyMoment(50);
      });
      await faults.nextAppends({ kind: 'silent_after' });
      await faults.reorderAnswers(0);
      await field.recovered();
    },
  },
  {
    name: 'followers dropped, with and without an error, and too slow',
    needs: 'the double',
    strike: async (field, scale) => {
      const faults = field.server.faults!;
      await times(4 * scale, async (round) => {
        await faults.endSubscriptions(round % 2 === 0 ? 'with_error' : 'silently');
        await anyMoment(100);
      });
      await faults.slowConsumers(true);
      await pause(500);
      await faults.slowConsumers(false);
      await field.recovered();
    },
  },
  {
    name: 'a frozen network',
    needs: 'a wire',
    isOutage: true,
    strike: async (field) => {
      await field.server.wire!.freeze();
      await field.missed();
      await field.server.wire!.thaw();
      await field.recovered();
    },
  },
  ...OF_A_CLUSTER,
];
