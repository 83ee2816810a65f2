import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PUBLISHERS, topicOf } from '@naru/contracts/registry';
import { PARTITIONS } from '@naru/platform/bus/topics';
import { BEGINNING, notBeyond, positionOf, positionsOf, seen } from './position.js';

const offset = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });
const positions = fc
  .array(fc.array(offset, { minLength: 1, maxLength: PARTITIONS }), { minLength: PUBLISHERS.length, maxLength: PUBLISHERS.length })
  .map((drawn) => new Map(PUBLISHERS.map((publisher, i) => [topicOf(publisher), drawn[i]!])));
const encoded = (json: unknown): string => Buffer.from(JSON.stringify(json)).toString('base64url');
const record = (topic: string, partition: number, at: bigint) => ({ topic, partition, offset: at, id: '', type: '', source: '', key: '', payload: new Uint8Array(), time: 0, recordTime: 0, traceparent: undefined, tracestate: undefined });

describe('a position', () => {
  it('holds the offset of every partition, in no more characters than a request may carry', () => {
    fc.assert(
      fc.property(positions, (drawn) => {
        const position = positionOf(drawn);
        expect(position.length).toBeLessThanOrEqual(1000);
        expect(positionsOf(position)).toEqual(drawn);
      }),
    );
  });

  it('reads a topic that it does not name from its beginning', () => {
    expect(positionsOf(encoded({ auction: '7' }))).toEqual(new Map([['naru.auction.v1', [7n]]]));
    expect(positionsOf(positionOf(BEGINNING))).toEqual(BEGINNING);
  });

  it('moves with each event, in its partition alone', () => {
    const after = [record('naru.auction.v1', 2, 5n), record('naru.identity.v1', 0, 1n), record('naru.auction.v1', 0, 3n)].reduce(seen, BEGINNING);
    expect(after).toEqual(new Map([['naru.auction.v1', [3n, 0n, 5n]], ['naru.identity.v1', [1n]]]));
    expect(Buffer.from(positionOf(after), 'base64url').toString()).toBe('{"identity":"1","auction":"3.0.5"}');
  });

  it('goes not beyond where its topics end', () => {
    const heads = new Map([['naru.auction.v1', [3n, 7n]]]);
    expect(notBeyond(heads, new Map([['naru.auction.v1', [5n, 6n, 1n]], ['naru.identity.v1', [4n]]]))).toEqual(new Map([['naru.auction.v1', [3n, 6n, 0n]], ['naru.identity.v1', [0n]]]));
  });

  it.each([
    ['no base64', '!!'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['an array', encoded([])],
    ['null', encoded(null)],
    ['an unknown topic', encoded({ pg_class: '1' })],
    ['a number', encoded({ auction: 1 })],
    ['a negative offset', encoded({ auction: '-1' })],
    ['an offset that is missing', encoded({ auction: '1.' })],
    ['no offset', encoded({ auction: '' })],
    ['more than 64 bits', encoded({ auction: '0.9223372036854775808' })],
    ['more partitions than any topic has', encoded({ auction: Array.from({ length: 101 }, () => '0').join('.') })],
  ])('is none when it is %s', (_, position) => {
    expect(positionsOf(position)).toBeUndefined();
  });

  it('is none, or one of ours, whatever is given', () => {
    fc.assert(fc.property(fc.string(), (text) => void positionsOf(text)));
  });
});
