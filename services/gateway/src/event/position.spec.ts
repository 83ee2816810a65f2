import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PUBLISHERS } from '@naru/contracts/registry';
import { BEGINNING, type Offsets, offsetsOf, positionOf } from './position.js';

const offsets = fc
  .array(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), { minLength: PUBLISHERS.length, maxLength: PUBLISHERS.length })
  .map((drawn) => Object.fromEntries(PUBLISHERS.map((publisher, i) => [publisher, drawn[i]!])) as Offsets);
const encoded = (json: unknown): string => Buffer.from(JSON.stringify(json)).toString('base64url');

describe('a position', () => {
  it('holds the offset of every log, in no more characters than a request may carry', () => {
    fc.assert(
      fc.property(offsets, (drawn) => {
        const position = positionOf(drawn);
        expect(position.length).toBeLessThanOrEqual(400);
        expect(offsetsOf(position)).toEqual(drawn);
      }),
    );
  });

  it('reads a log that it does not name from its beginning', () => {
    expect(offsetsOf(encoded({ auction: '7' }))).toEqual({ ...BEGINNING, auction: 7n });
  });

  it.each([
    ['no base64', '!!'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['an array', encoded([])],
    ['null', encoded(null)],
    ['an unknown log', encoded({ pg_class: '1' })],
    ['a number', encoded({ auction: 1 })],
    ['a negative offset', encoded({ auction: '-1' })],
    ['a fraction', encoded({ auction: '1.5' })],
    ['more than 64 bits', encoded({ auction: '9223372036854775808' })],
  ])('is none when it is %s', (_, position) => {
    expect(offsetsOf(position)).toBeUndefined();
  });

  it('is none, or one of ours, whatever is given', () => {
    fc.assert(fc.property(fc.string(), (text) => void offsetsOf(text)));
  });
});
