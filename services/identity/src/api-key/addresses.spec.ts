import { describe, expect, it } from '@jest/globals';
import { isAllowed, isNetwork } from './addresses.shell.js';

describe('the addresses of a key', () => {
  it.each(['203.0.113.7', '203.0.113.0/24', '2001:db8::1', '2001:db8::/32'])('may be %s', (text) => expect(isNetwork(text)).toBe(true));
  it.each(['', 'here', '203.0.113', '203.0.113.0/33', '2001:db8::/129', '203.0.113.0/24/8', '/24'])('may not be %p', (text) => expect(isNetwork(text)).toBe(false));

  it.each([
    ['203.0.113.7', [], true],
    ['203.0.113.7', ['203.0.113.0/24'], true],
    ['::ffff:203.0.113.7', ['203.0.113.7'], true],
    ['203.0.114.7', ['203.0.113.0/24', '2001:db8::/32'], false],
    ['2001:db8::9', ['203.0.113.0/24', '2001:db8::/32'], true],
    ['', ['203.0.113.0/24'], false],
  ])('%p in %p: %p', (address, networks, expected) => expect(isAllowed(address, networks)).toBe(expected));
});
