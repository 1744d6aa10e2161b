// `node dist/apps/api/src/main.js`: the service as its own process. What keeps it from starting is
// one clear line on stderr and exit code 3; a bug is a stack and exit code 1.
import { configFrom } from './config.ts';
import { isStartRefusal, serveUntilSignal } from './serve.ts';

try {
  await serveUntilSignal(configFrom(process.env));
  process.exit(0);
} catch (error) {
  const isRefusal = isStartRefusal(error);
  process.stderr.write(
    `promo-ledger: ${isRefusal ? error.message : String((error as Error).stack ?? error)}\n`,
  );
  process.exit(isRefusal ? 3 : 1);
}
