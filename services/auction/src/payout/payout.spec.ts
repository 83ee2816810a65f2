import { describe, expect, it } from '@jest/globals';
import type { Decision } from '@naru/kernel/decision';
import fc from 'fast-check';
import { type Payout, type PayoutEvent, bouncePayout, evolvePayout, openPayout, replacePayout, resendPayout, sendPayout, standingOf } from './payout.js';

const after = (payout: Payout, decision: Decision<PayoutEvent>): Payout => (decision.accepted ? decision.events.reduce(evolvePayout, payout) : payout);
const due = openPayout(100n, 10);

const steps = () => fc.array(fc.record({ what: fc.constantFrom('send', 'resend', 'bounce', 'replace'), key: fc.constantFrom('a', 'b', 'c') }), { maxLength: 20 });

describe('a payout', () => {
  it('stands at most once, whatever is told in whichever order', () =>
    fc.assert(
      fc.property(steps(), (some) => {
        let payout = due;
        some.forEach(({ what, key }, now) => {
          const decide = { send: () => sendPayout(payout, key, now), resend: () => resendPayout(payout, key, now), bounce: () => bouncePayout(payout, key, 'no such account', now), replace: () => replacePayout(payout) }[what];
          payout = after(payout, decide());
          const standing = payout.attempts.filter((attempt) => attempt.bouncedAt === undefined);
          expect(standing.length).toBe(payout.phase === 'sent' || payout.phase === 'resent' ? 1 : 0);
          expect(new Set(payout.attempts.map((attempt) => attempt.attemptKey)).size).toBe(payout.attempts.length);
          expect(payout.attempts.map((attempt) => attempt.attempt)).toEqual(payout.attempts.map((_, i) => i + 1));
          expect(standingOf([payout])).toBe(standing.length === 1 ? 100n : 0n);
        });
      }),
    ));

  it('is sent, bounces, and is sent again under a new key', () => {
    const sent = after(due, sendPayout(due, 'a', 1));
    expect(sent.phase).toBe('sent');
    expect(sendPayout(sent, 'a', 2)).toEqual({ accepted: true, events: [] });
    expect(sendPayout(sent, 'b', 2)).toMatchObject({ refusal: { code: 'PAYOUT_NOT_IN_PHASE', details: { phase: 'sent', needed: 'due' } } });
    const bounced = after(sent, bouncePayout(sent, 'a', 'no such account', 3));
    expect(bouncePayout(bounced, 'a', 'no such account', 4)).toEqual({ accepted: true, events: [] });
    expect(resendPayout(bounced, 'a', 4)).toMatchObject({ refusal: { code: 'ATTEMPT_KEY_USED' } });
    expect(bouncePayout(bounced, 'x', '', 4)).toMatchObject({ refusal: { code: 'ATTEMPT_UNKNOWN' } });
    expect(after(bounced, resendPayout(bounced, 'b', 4)).phase).toBe('resent');
    expect(after(sent, replacePayout(sent))).toBe(sent);
    expect(after(bounced, replacePayout(bounced)).phase).toBe('replaced');
    expect(sendPayout(openPayout(0n, 10), 'a', 1)).toMatchObject({ refusal: { details: { phase: 'nothing' } } });
  });
});
