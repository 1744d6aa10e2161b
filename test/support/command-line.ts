// A command line run in this process, with what it prints caught.
import { jest } from '@jest/globals';
import { run } from '#cli/program.ts';

export interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function commandLine(...argv: string[]): Promise<Told> {
  const printed = { out: '', err: '' };
  const catching = (stream: 'out' | 'err') => (text: unknown) => {
    printed[stream] += String(text);
    return true;
  };
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(catching('out')),
    jest.spyOn(process.stderr, 'write').mockImplementation(catching('err')),
  ];
  try {
    return { code: await run(argv), ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
