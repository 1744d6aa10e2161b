// One step of the statements bench in a process of its own, so that its memory is its own too.
import { createHash } from 'node:crypto';
import { type Place, START } from '#event-store/port.ts';
import { seconds } from './figure.ts';
import { GeneratedLog, type GeneratedMarket } from './generated-log.ts';
import type { EngineName } from './options.ts';
import { openStatementEngine } from './statement-engine.ts';
import { peakMemory } from './workplace.ts';

export interface StatementsRequest {
  readonly engine: EngineName;
  readonly directory: string;
  readonly market: GeneratedMarket;
  readonly period: 0 | 1;
  /** `read`: only what a copy reads, to know how much of it is the log's own making. */
  readonly step: 'read' | 'copy' | 'compute';
}

export interface StatementsAnswer {
  readonly seconds: number;
  /** Of this process, user and system, in seconds: whatever else the machine was busy with. */
  readonly cpuSeconds: number;
  /** Since the process began, in MB. */
  readonly peakMemory: number;
  readonly statements: number;
  readonly lines: number;
  /** Over the hashes of all documents in their order. */
  readonly sha256: string;
}

const PAGE = 4_096;

process.once('message', (request: StatementsRequest) => void answer(request));
process.once('disconnect', () => process.exit(1));

async function answer({ engine: name, directory, market, period, step }: StatementsRequest) {
  const log = new GeneratedLog(market, period);
  const engine = await openStatementEngine(name, directory, log);
  const hash = createHash('sha256');
  let statements = 0;
  let lines = 0;
  const cpu = process.cpuUsage();
  const taken = await seconds(async () => {
    if (step === 'read') return readWhole(log);
    if (step === 'copy') return engine.copy(period);
    const way = await engine.way(period);
    await way.compute();
    for await (const { statement } of way.documents()) {
      hash.update(statement.documentSha256);
      statements += 1;
      lines += statement.lineCount;
    }
    await way.leaveCarry(engine.left);
    return way.close?.();
  });
  const { user, system } = process.cpuUsage(cpu);
  await engine.close();
  const counted = { statements, lines, sha256: hash.digest('hex') };
  const given: StatementsAnswer = {
    seconds: taken,
    cpuSeconds: (user + system) / 1e6,
    peakMemory: peakMemory(process.pid),
    ...counted,
  };
  process.send!(given, () => process.exit(0));
}

async function readWhole(log: GeneratedLog): Promise<void> {
  for (let after: Place = START; ;) {
    const last = (await log.readAllText({ after, limit: PAGE })).at(-1);
    if (last === undefined) return;
    after = last;
  }
}
