import { describe, expect, it } from '@jest/globals';
import { batchDate } from './batch.js';

const DAY = '2022-06-23';
const tea = { control: 'expiry' } as const;
const mug = { control: 'batch' } as const;

describe('the date of a batch', () => {
  it('is the one that the goods carry, else the one that the batch has, else by shelf life counted from the day of receipt', () => {
    expect(batchDate(tea, '2022-07-01', undefined, DAY)).toMatchObject({ events: [{ expiresOn: '2022-07-01' }] });
    expect(batchDate({ ...tea, shelfLifeDays: 8 }, '2022-07-01', undefined, DAY)).toMatchObject({ events: [{ expiresOn: '2022-07-01' }] });
    expect(batchDate({ ...tea, shelfLifeDays: 8 }, undefined, { batch: 'B', expiresOn: '2022-06-30' }, DAY)).toMatchObject({ events: [{ expiresOn: '2022-06-30' }] });
    expect(batchDate({ ...tea, shelfLifeDays: 8 }, undefined, undefined, DAY)).toMatchObject({ events: [{ expiresOn: '2022-07-01' }] });
    expect(batchDate({ ...mug, shelfLifeDays: 0 }, undefined, undefined, '2024-02-29')).toMatchObject({ events: [{ expiresOn: '2024-02-29' }] });
    expect(batchDate({ ...mug, shelfLifeDays: 366 }, undefined, undefined, '2023-12-31')).toMatchObject({ events: [{ expiresOn: '2024-12-31' }] });
  });

  it('is none for goods that keep; those whose expiry is followed need one', () => {
    expect(batchDate(mug, undefined, undefined, DAY)).toEqual({ accepted: true, events: [{ type: 'BatchDated' }] });
    expect(batchDate(tea, undefined, undefined, DAY)).toMatchObject({ refusal: { code: 'EXPIRY_NEEDED' } });
    expect(batchDate(tea, undefined, { batch: 'B' }, DAY)).toMatchObject({ refusal: { code: 'EXPIRY_NEEDED' } });
  });

  it('is one per batch, and a day that there is', () => {
    const known = { batch: 'B', expiresOn: '2022-06-30' };
    expect(batchDate(tea, '2022-06-30', known, DAY).accepted).toBe(true);
    expect(batchDate(tea, '2022-07-01', known, DAY)).toMatchObject({ refusal: { code: 'BATCH_DATE_DIFFERS', details: known } });
    expect(batchDate(mug, '2022-07-01', { batch: 'B' }, DAY)).toMatchObject({ refusal: { code: 'BATCH_DATE_DIFFERS' } });
    expect(batchDate(mug, '2022-02-30', undefined, DAY)).toMatchObject({ refusal: { code: 'BUSINESS_DAY_UNKNOWN' } });
  });
});
