import { type Decision, accept, refuse } from '@naru/kernel/decision';
import type { Instant } from '@naru/kernel/instant';
import type { Minor } from '@naru/kernel/money';

export type PayoutPhase = 'due' | 'sent' | 'bounced' | 'resent' | 'replaced' | 'nothing';

/** One sending of a payout. A key is of the corporation's bank: it is sent once. */
export interface Attempt {
  readonly attempt: number;
  readonly attemptKey: string;
  readonly sentAt: Instant;
  readonly bouncedAt: Instant | undefined;
  readonly reason: string | undefined;
}

/** The net of a settlement note on its way to the consignor (rule A11). */
export interface Payout {
  readonly phase: PayoutPhase;
  readonly amount: Minor;
  readonly dueAt: Instant;
  /** In order; none but the last has not come back. */
  readonly attempts: readonly Attempt[];
}

export type PayoutEvent =
  | { readonly type: 'PayoutSent'; readonly attempt: number; readonly attemptKey: string; readonly at: Instant }
  | { readonly type: 'PayoutBounced'; readonly attempt: number; readonly reason: string; readonly at: Instant }
  | { readonly type: 'PayoutReplaced' };

/** What is to be paid out of a note from the first. */
export function openPayout(amount: Minor, dueAt: Instant): Payout {
  return { phase: amount > 0n ? 'due' : 'nothing', amount, dueAt, attempts: [] };
}

/** Sends what is due. The key of the attempt that stands changes nothing. */
export function sendPayout(payout: Payout, attemptKey: string, now: Instant): Decision<PayoutEvent> {
  return send(payout, attemptKey, 'due', now);
}

/** Sends again what came back, under a new key. */
export function resendPayout(payout: Payout, attemptKey: string, now: Instant): Decision<PayoutEvent> {
  return send(payout, attemptKey, 'bounced', now);
}

function send(payout: Payout, attemptKey: string, needed: 'due' | 'bounced', now: Instant): Decision<PayoutEvent> {
  const known = payout.attempts.find((attempt) => attempt.attemptKey === attemptKey);
  if (known) return known.bouncedAt === undefined ? accept([]) : refuse('ATTEMPT_KEY_USED', { key: attemptKey });
  if (payout.phase !== needed) return refuse('PAYOUT_NOT_IN_PHASE', { phase: payout.phase, needed });
  return accept([{ type: 'PayoutSent', attempt: payout.attempts.length + 1, attemptKey, at: now }]);
}

/** The bank gave the money of an attempt back. Told twice, it happened once. */
export function bouncePayout(payout: Payout, attemptKey: string, reason: string, now: Instant): Decision<PayoutEvent> {
  const attempt = payout.attempts.find((some) => some.attemptKey === attemptKey);
  if (!attempt) return refuse('ATTEMPT_UNKNOWN', { key: attemptKey });
  return accept(attempt.bouncedAt === undefined ? [{ type: 'PayoutBounced', attempt: attempt.attempt, reason, at: now }] : []);
}

/** A corrected note takes the place of this one's: what was sent stays sent, what was not is no longer due. */
export function replacePayout(payout: Payout): Decision<PayoutEvent> {
  return accept(payout.phase === 'due' || payout.phase === 'bounced' ? [{ type: 'PayoutReplaced' }] : []);
}

/** What the payouts of a note's predecessors have brought to the consignor. */
export function standingOf(payouts: readonly Pick<Payout, 'phase' | 'amount'>[]): Minor {
  return payouts.reduce((sum, { phase, amount }) => (phase === 'sent' || phase === 'resent' ? sum + amount : sum), 0n);
}

export function evolvePayout(payout: Payout, event: PayoutEvent): Payout {
  switch (event.type) {
    case 'PayoutSent': {
      const { attempt, attemptKey, at } = event;
      return { ...payout, phase: attempt === 1 ? 'sent' : 'resent', attempts: [...payout.attempts, { attempt, attemptKey, sentAt: at, bouncedAt: undefined, reason: undefined }] };
    }
    case 'PayoutBounced': {
      const attempts = payout.attempts.map((attempt) => (attempt.attempt === event.attempt ? { ...attempt, bouncedAt: event.at, reason: event.reason } : attempt));
      return { ...payout, phase: 'bounced', attempts };
    }
    case 'PayoutReplaced':
      return { ...payout, phase: 'replaced' };
  }
}
