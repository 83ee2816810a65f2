import { describe, expect, it } from '@jest/globals';
import { refusalCodeOf } from '../test/refusal-code.js';
import { Passwords } from './passwords.js';

describe('passwords', () => {
  it('are kept as argon2id with a salt of their own', async () => {
    const passwords = new Passwords();
    const [first, second] = [await passwords.hash('six farms'), await passwords.hash('six farms')];
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(first).not.toBe(second);
    expect(await passwords.verify('six farms', first)).toBe(true);
    expect(await passwords.verify('six farm', first)).toBe(false);
    expect(passwords.isOutdated(first)).toBe(false);
  });

  it('are the same in every Unicode form', async () => {
    const passwords = new Passwords();
    expect(await passwords.verify('나루터의 아침'.normalize('NFD'), await passwords.hash('나루터의 아침'.normalize('NFC')))).toBe(true);
  });

  it('verify hashes made at another cost, and say so', async () => {
    // A test vector of the reference implementation (phc-winner-argon2, src/test.c).
    const passwords = new Passwords();
    const older = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    expect(await passwords.verify('password', older)).toBe(true);
    expect(passwords.isOutdated(older)).toBe(true);
  });

  it('of nobody are never right', async () => expect(await new Passwords().verify('six farms', undefined)).toBe(false));

  it('wait in a queue that has an end', async () => {
    const passwords = new Passwords();
    const codes = await Promise.all(Array.from({ length: 70 }, () => refusalCodeOf(passwords.verify('x', '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA'))));
    expect(codes.filter((code) => code === 'QUEUE_FULL')).toHaveLength(4);
    expect(codes.filter((code) => code === undefined)).toHaveLength(66);
  });
});
