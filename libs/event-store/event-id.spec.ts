import { hash } from 'node:crypto';
import { eventId } from './event-id.ts';

const source = {
  stream: 'order-s1/o1',
  type: 'OrderConfirmed',
  key: 'key-1',
  ordinal: 0,
  canonicalData: '{"orderId":"o1"}',
};

describe('an event id', () => {
  it('is frozen: the same source gives the same id in every version of this program', () => {
    expect(eventId(source)).toBe('c6810d86-0c9e-56e1-82db-b419c683a306');
  });

  it('is the UUIDv5 of RFC 9562 of the canonical JSON of what it is made from', () => {
    const namespace = Buffer.from('6f1b2c0e5d3a4f7c9b8e2a1d4c3f5e60', 'hex');
    const dataHash = hash('sha256', source.canonicalData);
    const name = `["order-s1/o1","OrderConfirmed","s1/o1","key-1",0,"${dataHash}"]`;
    const bytes = hash('sha1', Buffer.concat([namespace, Buffer.from(name)]), 'buffer').subarray(
      0,
      16,
    );
    bytes[6] = (bytes[6]! & 0x0f) | 0x50;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    expect(eventId(source).replaceAll('-', '')).toBe(bytes.toString('hex'));
    expect(eventId(source)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it.each([
    ['stream', { stream: 'order-s1/o2' }],
    ['type', { type: 'OrderInvalidated' }],
    ['key', { key: undefined }],
    ['place in its command', { ordinal: 1 }],
    ['data', { canonicalData: '{"orderId":"o2"}' }],
  ])('is another for another %s', (_, other) => {
    expect(eventId({ ...source, ...other })).not.toBe(eventId(source));
  });
});
