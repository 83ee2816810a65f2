import { Injectable } from '@nestjs/common';
import { systemClock } from '@naru/platform/clocks';
import { Database, date } from '@naru/platform/database';
import { Ids } from '@naru/platform/ids';
import type { Caller } from '@naru/platform/rpc/call';
import type { Queries } from '../queries.js';

/** What the audit log tells apart. Names never change: they are in the chain. */
export type AuditAction =
  | 'SIGNED_IN'
  | 'SIGN_IN_FAILED'
  | 'SIGNED_OUT'
  | 'TOKEN_GRANTED'
  | 'TOKEN_REFUSED'
  | 'TOKEN_REVOKED'
  | 'ORGANIZATION_REGISTERED'
  | 'AFFILIATION_DECLARED'
  | 'USER_REGISTERED'
  | 'MEMBERSHIP_GRANTED'
  | 'MEMBERSHIP_ENDED'
  | 'USER_DISABLED'
  | 'CLIENT_REGISTERED'
  | 'CLIENT_ROTATED'
  | 'CLIENT_DISABLED'
  | 'API_KEY_CREATED'
  | 'API_KEY_ROTATED'
  | 'API_KEY_REVOKED'
  | 'REFUSED';

export interface AuditRecord {
  readonly action: AuditAction;
  /** User or client that did it; empty for nobody known. */
  readonly subject: string;
  /** The organization it acted for. */
  readonly organizationId: string;
  /** Resource name such as `organizations/<id>/memberships/<user id>`, or a method. */
  readonly object: string;
  /** Code of the refusal. */
  readonly code?: string;
}

/** The caller as the one who did it. */
export function by(caller: Caller): Pick<AuditRecord, 'subject' | 'organizationId'> {
  return { subject: caller.subject, organizationId: caller.organizationId };
}

/** Longest text that callers may bring into an entry, such as an unknown login. */
const LONGEST_OBJECT = 300;

const WRITE = `
  with entry as (
    insert into audit_entries (entry_id, recorded_at, action, subject, organization_id, object, code)
    values ($1, $2, $3, $4, $5, $6, $7) returning entry_id)
  insert into audit_unsealed (entry_id) select entry_id from entry`;

/** Appends to the audit log (rule I4). The sealer chains the entries after their commit. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly database: Database,
    private readonly ids: Ids,
  ) {}

  /** Writes in the transaction of the effect: both are there, or neither. */
  async write(tx: Queries, entry: AuditRecord): Promise<void> {
    const { action, subject, organizationId, object, code = '' } = entry;
    await tx.query(WRITE, [this.ids.next(), date(systemClock.now()), action, subject, organizationId, object.slice(0, LONGEST_OBJECT), code]);
  }

  /** Writes in a transaction of its own: effects that have no transaction of ours. */
  async writeAlone(entry: AuditRecord): Promise<void> {
    await this.write(this.database, entry);
  }
}
