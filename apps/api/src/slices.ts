// What this system can do: every use case is a file, and this is their list. A slice exports a
// `…Controller` and a `…Handler`; the module takes them by these names. The boot test refuses a file
// in `commands` or `queries` that is not listed here.
import type { Type } from '@nestjs/common';
import * as joinSeller from './commands/join-seller.ts';

const slices: readonly object[] = [joinSeller];

/** Process managers: injectable classes that write by level, whenever something they watch changed. */
export const processes: readonly Type<object>[] = [];

export const controllers = partsNamed('Controller');
export const handlers = partsNamed('Handler');

function partsNamed(ending: string): Type<object>[] {
  return slices.flatMap((slice) =>
    Object.entries(slice).flatMap(([name, part]) => (name.endsWith(ending) ? [part] : [])),
  );
}
