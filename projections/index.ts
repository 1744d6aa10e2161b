// Every question that the read models answer. A new version of one stands beside the old one here
// until it has been built and is live.
import type { Projection } from '#read-store/projection.ts';
import { activitiesProjection } from './activities/projection.ts';
import { balancesProjection } from './balances/projection.ts';
import { earningsProjection } from './earnings/projection.ts';
import { influencerCodes } from './influencer-codes/projection.ts';
import { influencerTasks } from './influencer-tasks/projection.ts';
import { influencersProjection } from './influencers/projection.ts';
import { journalProjection } from './journal/projection.ts';
import { ordersProjection } from './orders/projection.ts';
import { sellerCodes } from './seller-codes/projection.ts';
import { sellersProjection } from './sellers/projection.ts';
import { statementsProjection } from './statements/projection.ts';
import { taskBoard } from './task-board/projection.ts';
import { unfinishedProjection } from './unfinished/projection.ts';

export const projections: readonly Projection[] = [
  sellersProjection,
  influencersProjection,
  sellerCodes,
  activitiesProjection,
  taskBoard,
  influencerTasks,
  influencerCodes,
  ordersProjection,
  earningsProjection,
  journalProjection,
  balancesProjection,
  statementsProjection,
  unfinishedProjection,
];
