import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TEXTS, languageOf } from './texts.js';

describe('languageOf', () => {
  it.each([
    [undefined, 'ko-KR,ko;q=0.9,en;q=0.8', 'ko'],
    [undefined, 'en;q=0.5,ko;q=0.9', 'ko'],
    [undefined, 'ko;q=0,en', 'en'],
    [undefined, 'fr,de', 'en'],
    [undefined, undefined, 'en'],
    ['fr ko-KR', 'en', 'ko'],
    ['en', 'ko', 'en'],
    ['fr', 'ko', 'ko'],
  ] as const)('of %s and %s is %s', (uiLocales, acceptLanguage, language) => expect(languageOf(uiLocales, acceptLanguage)).toBe(language));

  it('takes anything', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (uiLocales, acceptLanguage) => expect(['en', 'ko']).toContain(languageOf(uiLocales, acceptLanguage))));
  });

  it('has the same words in both languages', () => expect(Object.keys(TEXTS.ko).sort()).toEqual(Object.keys(TEXTS.en).sort()));
});
