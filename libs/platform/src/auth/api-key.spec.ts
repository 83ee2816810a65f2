import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { apiKeyOf, carriesApiKey, keyOfHeader, newApiKey } from './api-key.js';

describe('an API key', () => {
  it('says its environment and id, and can be told from anything else', () => {
    const { text, ...parts } = newApiKey('live');
    expect(text).toMatch(/^naru_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
    expect(apiKeyOf(text)).toEqual(parts);
    expect(newApiKey('live').text).not.toBe(text);
  });

  it('is none with any one character changed, or cut off', () => {
    const { text } = newApiKey('live');
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('a', 'Z', '0', '9', '_'), (at, char) => {
        fc.pre(text[at] !== char);
        expect(apiKeyOf(text.slice(0, at) + char + text.slice(at + 1))).toBeUndefined();
        expect(apiKeyOf(text.slice(0, at))).toBeUndefined();
      }),
    );
  });

  it('is found in a header, and in a URL where it must not be', () => {
    const { text } = newApiKey('local');
    expect(keyOfHeader(`Bearer ${text}`)).toBe(text);
    expect(keyOfHeader('Bearer eyJhbGciOiJFUzI1NiJ9.e30.x')).toBeUndefined();
    expect(carriesApiKey(`/v1/lots?api_key=${text}`)).toBe(true);
    expect(carriesApiKey(`/v1/lots?key=${text.slice(0, -3)}`)).toBe(true);
    expect(carriesApiKey('/v1/lots?pageSize=7&q=naru_live_lots')).toBe(false);
  });
});
