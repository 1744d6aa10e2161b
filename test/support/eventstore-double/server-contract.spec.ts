// The double behaves as a real server: one suite on the double, always, and on the server that
// EVENTSTORE_URL names when it does.
import { type EventStoreDouble, startEventStoreDouble } from './double.ts';
import { serverContract } from './server-contract.ts';

let double: EventStoreDouble;

beforeAll(async () => {
  double = await startEventStoreDouble();
});
afterAll(() => double.stop());

serverContract('the test double', () => double.connection);

const url = process.env['EVENTSTORE_URL'];
(url === undefined ? describe.skip : describe)('the server that EVENTSTORE_URL names', () => {
  it('is named', () => expect(url).toMatch(/^esdb/));
  if (url !== undefined) serverContract('a real server', () => url);
});
