import { createHmac, timingSafeEqual } from 'node:crypto';

/** Proof that a user's password was right, carried by the page from the first step of a sign-in to the second. */
export interface Ticket {
  /** The interaction it belongs to. */
  readonly uid: string;
  readonly userId: string;
  /** System time, milliseconds. */
  readonly expiresAt: number;
}

function seal(body: string, key: string): Buffer {
  return createHmac('sha256', key).update(`sign-in ticket\n${body}`).digest();
}

export function writeTicket(ticket: Ticket, key: string): string {
  const body = Buffer.from(JSON.stringify(ticket)).toString('base64url');
  return `${body}.${seal(body, key).toString('base64url')}`;
}

/** The ticket, when one of `keys` sealed it, it is for the interaction `uid` and has not expired at `now`. */
export function readTicket(text: string, keys: readonly string[], uid: string, now: number): Ticket | undefined {
  const [body = '', mac = ''] = text.split('.');
  const given = Buffer.from(mac, 'base64url');
  const sealed = keys.some((key) => {
    const expected = seal(body, key);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!sealed) return undefined;
  const ticket = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Ticket;
  return ticket.uid === uid && ticket.expiresAt > now ? ticket : undefined;
}
