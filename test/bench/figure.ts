// What the bench prints: one figure at a time, with the target it is held against, if it has one.
import { performance } from 'node:perf_hooks';
import type { BenchOptions } from './options.ts';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Undefined where a figure only explains another one. */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number };
}

export interface Bench {
  readonly run: (options: BenchOptions) => AsyncIterable<Figure>;
  /** What it runs on: its figures differ by these and by nothing else that can be chosen. */
  readonly by: readonly ('store' | 'engine')[];
}

export const isMet = ({ value, target }: Figure): boolean | null => {
  if (target === undefined) return null;
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
};

export interface Run {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Of this process's user and system time, per operation. */
  readonly cpuMicroseconds: number;
}

/** Runs `operation` `count` times, `inFlight` at a time; latencies in milliseconds. */
export async function timed(
  count: number,
  inFlight: number,
  operation: (index: number) => Promise<unknown>,
): Promise<Run> {
  const latencies = new Float64Array(count);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const started = performance.now();
      await operation(index);
      latencies[index] = performance.now() - started;
    }
  };
  const cpu = process.cpuUsage();
  const started = performance.now();
  await Promise.all(Array.from({ length: inFlight }, worker));
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  return {
    perSecond: count / seconds,
    p50: latencies[Math.floor(count * 0.5)]!,
    p99: latencies[Math.floor(count * 0.99)]!,
    cpuMicroseconds: (user + system) / count,
  };
}

/** The figures of one run under one name; the rate carries the target. */
export function* figuresOf(
  name: string,
  run: Run,
  target?: Figure['target'],
  p99AtMost?: number,
): Iterable<Figure> {
  yield { name, value: run.perSecond, unit: '/s', ...(target && { target }) };
  yield { name: `${name}, p50`, value: run.p50, unit: 'ms' };
  const p99 = { name: `${name}, p99`, value: run.p99, unit: 'ms' };
  yield p99AtMost === undefined ? p99 : { ...p99, target: { atMost: p99AtMost } };
  yield { name: `${name}, CPU`, value: run.cpuMicroseconds, unit: 'µs each' };
}

export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
}
