import { Injectable } from '@nestjs/common';
import { CredentialRevoked } from '@naru/contracts/gen/naru/identity/v1/events';
import type { CredentialKind } from '@naru/contracts/gen/naru/identity/v1/revocation_service';
import type { Instant } from '@naru/kernel/instant';
import { LONGEST_TOKEN_MS, SKEW_MS } from '@naru/platform/auth/revocations';
import { systemClock } from '@naru/platform/clocks';
import { Database, type Transaction, date } from '@naru/platform/database';
import { occurred } from '@naru/platform/event';
import { Outbox } from '@naru/platform/outbox';

export interface Revoked {
  readonly kind: CredentialKind;
  readonly credentialId: string;
  readonly notBefore: Instant;
}

const REVOKE = `
  insert into revoked as r (kind, credential_id, not_before) values ($1, $2, $3)
  on conflict (kind, credential_id) do update set not_before = greatest(r.not_before, excluded.not_before)`;
const ALL = `select kind, credential_id as "credentialId", not_before as "notBefore" from revoked where not_before > $1`;

/** What is revoked. A row lives as long as a token of the credential could. */
@Injectable()
export class RevocationStore {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  /** Revokes in the transaction that ends the credential. `organizationId` is empty for a user. `at` is business time. */
  async revoke(tx: Transaction, revoked: Revoked & { readonly organizationId: string }, at: Instant): Promise<void> {
    const { kind, credentialId, organizationId } = revoked;
    await tx.query(REVOKE, [kind, credentialId, date(revoked.notBefore)]);
    await this.outbox.publish(tx, [occurred(CredentialRevoked, { kind, credentialId, organizationId, notBefore: new Date(revoked.notBefore) }, at)]);
  }

  all(): Promise<Revoked[]> {
    return this.database.query<Revoked>(ALL, [this.#over()]);
  }

  async deleteOver(): Promise<void> {
    await this.database.query(`delete from revoked where not_before <= $1`, [this.#over()]);
  }

  #over(): ReturnType<typeof date> {
    return date(systemClock.now() - LONGEST_TOKEN_MS - SKEW_MS);
  }
}
