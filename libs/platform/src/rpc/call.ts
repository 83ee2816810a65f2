import { permits } from '@naru/contracts/roles';
import type { Instant } from '@naru/kernel/instant';
import type { Transaction } from '../database.js';

/** Who calls, for which organization: the verified token, never what the request says. */
export interface Caller {
  readonly subject: string;
  readonly kind: 'user' | 'client' | 'service' | 'anonymous';
  /** Empty for an anonymous caller. */
  readonly organizationId: string;
  /** Whether the organization is Naru itself: such a caller is party to everything. */
  readonly system: boolean;
  readonly roles: readonly string[];
  /** Permissions of an API key, which has no roles. */
  readonly scopes?: readonly string[];
}

/** Whether the caller has a permission, by its roles or, for an API key, its scopes. Ask this, not the roles. */
export function may(caller: Caller, permission: string): boolean {
  return permits(caller.roles, permission) || (caller.scopes?.includes(permission) ?? false);
}

/** One call as the shell hands it on. */
export interface Call {
  readonly caller: Caller;
  /** Business time at which the request entered the service. */
  readonly receivedAt: Instant;
  /** System time after which nobody waits for the answer. */
  readonly deadline: number;
  readonly idempotency: { readonly key: string; readonly fingerprint: Buffer } | undefined;
  readonly signal: AbortSignal;
}

/** A call that runs in the shell's transaction. */
export interface CommandCall extends Call {
  readonly tx: Transaction;
  /** Runs `action` in the transaction that keeps a refusal, after what the method had written is undone. */
  readonly onRefusal: (action: () => Promise<void>) => void;
}
