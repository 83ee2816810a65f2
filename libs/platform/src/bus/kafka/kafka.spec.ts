import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import type { NewRecord } from '../port.js';
import { TOPICS } from '../topics.js';
import { pieces } from './publisher.js';
import { toMessage, toRecord } from './record.js';

const record = (n: number, bytes: number): NewRecord => ({
  topic: 'naru.auction.v1', id: `id-${n}`, type: 'naru.auction.v1.LotSold', source: 'auction', key: `k${n}`, payload: new Uint8Array(bytes), time: n, recordTime: n,
  traceparent: undefined, tracestate: undefined,
});

describe('an event as a message of Kafka', () => {
  const given: NewRecord = { ...record(1, 3), time: Date.UTC(2022, 5, 23, 5, 0, 0, 123), traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', tracestate: 'a=b' };
  const message = toMessage(given);
  const sent = (headers = message.headers): KafkaMessage =>
    ({ ...message, headers: Object.fromEntries(Object.entries(headers!).map(([name, value]) => [name, Buffer.from(value as string)])), offset: '41', attributes: 0, size: 0 }) as unknown as KafkaMessage;

  it('is CloudEvents in the binary binding, its subject the key', () => {
    expect(message).toMatchObject({
      key: 'k1',
      headers: { 'content-type': 'application/protobuf', ce_specversion: '1.0', ce_id: 'id-1', ce_type: 'naru.auction.v1.LotSold', ce_source: 'auction', ce_subject: 'k1', ce_time: '2022-06-23T05:00:00.123Z', ce_recordtime: '1970-01-01T00:00:00.001Z', ce_traceparent: given.traceparent, ce_tracestate: 'a=b' },
    });
  });

  it('comes back as it was sent; its place counts from one', () => {
    expect(toRecord(given.topic, sent())).toEqual({ ...given, payload: Buffer.alloc(3), offset: 42n });
  });

  it.each(['ce_id', 'ce_type', 'ce_source', 'ce_subject', 'ce_time', 'ce_recordtime'])('is none without %s', (name) => {
    const { [name]: _, ...headers } = message.headers!;
    expect(toRecord(given.topic, sent(headers))).toBeUndefined();
  });
});

describe('the pieces of a batch', () => {
  it('hold every record once, in order, and no more bytes than a request may', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100)), fc.integer({ min: 1, max: 150 }), (sizes, limit) => {
        const batch = sizes.map((bytes, n) => record(n, bytes));
        const cut = pieces(batch, limit);
        expect(cut.flat()).toEqual(batch);
        for (const piece of cut) {
          expect(piece.length).toBeGreaterThan(0);
          if (piece.length > 1) expect(piece.reduce((sum, { payload }) => sum + payload.byteLength, 0)).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });
});

describe('the declared topics', () => {
  it('have names and settings that Kafka takes', () => {
    for (const { topic, settings } of TOPICS) {
      expect(topic).toMatch(/^[a-zA-Z0-9._-]{1,249}$/);
      expect(Object.values(settings).every((value) => typeof value === 'string' && value !== '')).toBe(true);
    }
  });
});
