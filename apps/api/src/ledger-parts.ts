// The parts that live as long as the service: the log with its lock, the runner, the buyers' keys,
// the follower with the read models. Opened in this order, closed in the other.
import type { Provider } from '@nestjs/common';

export const ledgerProviders: readonly Provider[] = [];
