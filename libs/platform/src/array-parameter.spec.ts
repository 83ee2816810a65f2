import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arrayParameter } from './array-parameter.js';
import { type SpecDatabase, specDatabase } from './bus/spec-database.js';
import type { Database } from './database.js';

describe('an array as a parameter', () => {
  let spec: SpecDatabase;
  let database: Database;

  beforeAll(async () => {
    spec = await specDatabase(['auction']);
    database = await spec.connect('auction', 2);
  }, 60_000);

  afterAll(async () => {
    await database?.close();
    await spec?.drop();
  }, 60_000);

  it('quotes only what would mean something else', () => {
    expect(arrayParameter(['01980000-0000-7000-8000-000000000001', 'naru.auction.v1.LotSold'])).toBe('{01980000-0000-7000-8000-000000000001,naru.auction.v1.LotSold}');
    expect(arrayParameter(['', 'null', 'NULL', 'a b', '{}', 'a"b\\c', null, undefined])).toBe('{"","null","NULL","a b","{}","a\\"b\\\\c",NULL,NULL}');
    expect(arrayParameter([1, 2.5, -3n, true])).toBe('{1,2.5,-3,true}');
    expect(arrayParameter([Uint8Array.of(0, 255)])).toBe('{"\\\\x00ff"}');
    expect(arrayParameter([])).toBe('{}');
    expect(arrayParameter([[1]])).toBeUndefined();
    expect(arrayParameter([new Date(0)])).toBeUndefined();
  });

  it('brings any text and any bytes to the database as they are', async () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('null', 'Null', '"', '\\', '{,}', ' ', '\n', 'NaN')).filter((value) => !value.includes('\0'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text), { maxLength: 20 }), fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), async (texts, bytes) => {
        const [row] = await database.query<{ texts: unknown; bytes: unknown[] }>('select $1::text[] as texts, $2::bytea[] as bytes', [texts, bytes]);
        expect(row!.texts).toEqual(texts);
        expect(row!.bytes).toEqual(bytes.map((one) => Buffer.from(one)));
      }),
      { numRuns: 200 },
    );
  });
});
