// Structured logs: one JSON object a line on stdout, Nest's own among them. Bodies, buyers and keys
// never get into a line.
import type { LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import type { Config } from '../config.ts';

export function openLog({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  return pino({
    level: logLevel,
    base: { service: 'promo-ledger', pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}

/** Nest tells at length which routes it mapped: that is for debugging. */
export function nestLogger(log: Logger): LoggerService {
  const line =
    (level: 'debug' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...rest: readonly unknown[]) => {
      const context = rest.at(-1);
      // What keeps the service from starting is rethrown and told once, by whoever starts it.
      if (context === 'ExceptionHandler') return;
      const named = typeof context === 'string' ? { context } : {};
      if (message instanceof Error) log[level]({ ...named, err: message });
      else log[level](named, String(message));
    };
  return {
    log: line('debug'),
    debug: line('debug'),
    verbose: line('debug'),
    warn: line('warn'),
    error: line('error'),
    fatal: line('fatal'),
  };
}
