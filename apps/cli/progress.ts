// Progress of long work, on stderr so that stdout holds only results: a bar on a terminal, a plain
// line now and then elsewhere, nothing when a program reads the output.
import cliProgress from 'cli-progress';

const EVERY_MS = 5_000;

export interface Progress {
  /** `total` may grow while the work goes on; 0 while it is not known. */
  update(done: number, total: number): void;
  end(): void;
}

export function progress(label: string, isQuiet: boolean): Progress {
  if (isQuiet) return { update: () => undefined, end: () => undefined };
  return process.stderr.isTTY ? bar(label) : lines(label);
}

function bar(label: string): Progress {
  const shown = new cliProgress.SingleBar({
    format: `${label.padEnd(24)} {bar} {percentage}%  {value} of {total}  {eta_formatted}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    stream: process.stderr,
  });
  let isStarted = false;
  let isCounting = false;
  const counted = (done: number) => {
    isCounting = true;
    process.stderr.write(`\r${label.padEnd(24)} ${done}`);
  };
  return {
    update(done, total) {
      if (total === 0) return counted(done);
      if (!isStarted) shown.start(total, done);
      isStarted = true;
      shown.setTotal(total);
      shown.update(done);
    },
    end() {
      if (isStarted) shown.stop();
      else if (isCounting) process.stderr.write('\n');
    },
  };
}

function lines(label: string): Progress {
  let last = performance.now();
  return {
    update(done, total) {
      if (performance.now() - last < EVERY_MS) return;
      last = performance.now();
      process.stderr.write(`${label}: ${done}${total > 0 ? ` of ${total}` : ''}\n`);
    },
    end: () => undefined,
  };
}
