import type { Transaction } from './database.js';

/** One command that waits at the turnstile. */
export interface Ticket<Command> {
  readonly command: Command;
  /** System time after which it must not be decided any more. */
  readonly deadline: number;
  readonly idempotency: { readonly key: string; readonly fingerprint: Buffer; readonly organizationId: string } | undefined;
}
export type { Transaction };
