// What every event store promises, as tests that know nothing of any one store: a store's spec
// calls this with a way to open an empty log, and a store that breaks a promise fails by its name.
import { appendContract } from './contract/append.ts';
import { followContract } from './contract/follow.ts';
import type { OpenLog } from './contract/log.ts';
import { propertyContract } from './contract/property.ts';
import { readContract } from './contract/read.ts';

export function storeContract(name: string, open: OpenLog): void {
  describe(`the event store contract: ${name}`, () => {
    appendContract(open);
    readContract(open);
    followContract(open);
    propertyContract(open);
  });
}
