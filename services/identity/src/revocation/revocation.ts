import type { Instant } from '@naru/kernel/instant';

/** A token that was on its way out when its credential ended is issued this long afterwards at most. */
const GRACE_MS = 60_000;
const SECOND_MS = 1000;

/** Before when a token of a credential that never comes back must have been issued to be refused: late enough for one that is being issued now. */
export function forGood(now: Instant): Instant {
  return now + GRACE_MS;
}

/**
 * The same for a credential that lives on with a new secret. Tokens say the second in which they were issued, so it is a whole second; and
 * not the next one, because a token that was asked for with the old secret may be issued until this has committed.
 */
export function forWhatWasIssued(now: Instant): Instant {
  return Math.ceil((now + SECOND_MS) / SECOND_MS) * SECOND_MS;
}
