import { describe, expect, it } from '@jest/globals';
import { ERRORS, errorText, isErrorCode } from './errors.js';

describe('the table of errors', () => {
  it('says the same figures in both languages', () => {
    const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!).sort();
    for (const [code, { en, ko }] of Object.entries(ERRORS)) expect([code, names(ko)]).toEqual([code, names(en)]);
  });
  it('fills figures in and leaves unknown ones standing', () => {
    expect(errorText('BID_TOO_LOW', 'en', { minimum: 1200n })).toBe('The bid must be at least 1200 minor units.');
    expect(errorText('BID_TOO_LOW', 'en')).toContain('{minimum}');
  });
  it('takes no inherited name for a code', () => expect(isErrorCode('toString')).toBe(false));
});
