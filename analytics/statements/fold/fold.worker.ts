// The fold's thread: folds what it was asked for, says how far it is, answers once.
import { parentPort, workerData } from 'node:worker_threads';
import { withLog } from '../../log.ts';
import { CarryFile } from './fold-carry.ts';
import { foldStatements, type Folded } from './fold-statements.ts';
import type { FoldMessage, FoldRequest } from './fold-thread.ts';

const tell = (message: FoldMessage) => parentPort?.postMessage(message);

try {
  tell({ kind: 'folded', folded: await fold(workerData as FoldRequest) });
} catch (error) {
  const { name, message } = error as Error;
  tell({ kind: 'error', name, message });
}

function fold({ source, leaveIn, ...scope }: FoldRequest): Promise<Folded> {
  const onProgress = (logIndex: number) => tell({ kind: 'progress', logIndex });
  return withLog(source, async (log) => {
    if (leaveIn === undefined) return foldStatements({ ...scope, log, onProgress });
    const left = new CarryFile(leaveIn);
    try {
      const onOpen: CarryFile['addOpen'] = (event) => left.addOpen(event);
      const folded = await foldStatements({ ...scope, log, onProgress, onOpen });
      for (const { payeeId, currency, closingMinor } of folded.statements)
        if (closingMinor !== '0')
          left.addBalance({ payeeId, currency, balanceMinor: closingMinor });
      return folded;
    } finally {
      left.close();
    }
  });
}
