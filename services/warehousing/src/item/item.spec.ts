import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { gs1CheckDigit } from '@naru/kernel/check-digit';
import { createItem, spellingKey, type NewItem } from './item.js';

const strawberries: NewItem = { code: 'KR-226-00', name: 'Strawberries', temperatureClass: 'chilled', control: 'batch', catchWeight: true, gtin: '' };

describe('the spelling of a code', () => {
  it('is one for all its spellings, and looks at ASCII alone as the database does', () => {
    expect(spellingKey('85123a')).toBe('85123A');
    expect(spellingKey('kr-Ä-딸기é')).toBe('KR-Ä-딸기é');
  });
});

describe('createItem', () => {
  it('takes loose produce without a GTIN', () => {
    expect(createItem(strawberries)).toEqual({ accepted: true, events: [{ type: 'ItemCreated', item: strawberries }] });
  });

  it('takes a GTIN with its check digit and refuses it with any other', () => {
    const digits = (length: number) => fc.string({ unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), minLength: length, maxLength: length });
    fc.assert(
      fc.property(fc.constantFrom(7, 11, 12, 13).chain(digits), fc.integer({ min: 1, max: 9 }), (body, off) => {
        const right = gs1CheckDigit(body);
        const wrong = `${body}${(right + off) % 10}`;
        expect(createItem({ ...strawberries, gtin: `${body}${right}` }).accepted).toBe(true);
        expect(createItem({ ...strawberries, gtin: wrong })).toMatchObject({ refusal: { code: 'CHECK_DIGIT', details: { value: wrong } } });
      }),
    );
  });
});
