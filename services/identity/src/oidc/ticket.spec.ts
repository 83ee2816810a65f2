import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readTicket, writeTicket } from './ticket.js';

const ticket = { uid: 'interaction', userId: 'user', expiresAt: 1000 };

describe('a ticket', () => {
  it('is read by who knows a key, for its interaction, in its time', () => {
    const sealed = writeTicket(ticket, 'key');
    expect(readTicket(sealed, ['key'], 'interaction', 999)).toEqual(ticket);
    expect(readTicket(sealed, ['newer', 'key'], 'interaction', 999)).toEqual(ticket);
    expect(readTicket(sealed, ['newer'], 'interaction', 999)).toBeUndefined();
    expect(readTicket(sealed, ['key'], 'another', 999)).toBeUndefined();
    expect(readTicket(sealed, ['key'], 'interaction', 1000)).toBeUndefined();
  });

  it('is nothing once changed', () => {
    const sealed = writeTicket(ticket, 'key');
    const [body, mac] = sealed.split('.') as [string, string];
    const forged = Buffer.from(JSON.stringify({ ...ticket, userId: 'another' })).toString('base64url');
    expect(readTicket(`${forged}.${mac}`, ['key'], 'interaction', 0)).toBeUndefined();
    expect(readTicket(`${body}.`, ['key'], 'interaction', 0)).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => expect(readTicket(text, ['key'], 'interaction', 0)).toBeUndefined()));
  });
});
