import type { KoaContextWithOIDC } from 'oidc-provider';
import type { AuditRecord } from '../audit/audit-log.js';
import type { MembershipStore } from '../membership/membership.store.js';
import { type MemberAccount, findAccount } from './account.js';

type Bearer = Pick<AuditRecord, 'subject' | 'organizationId'>;

const NOBODY: Bearer = { subject: '', organizationId: '' };

/** Whom a request of the issuer was answered to: the person of the account, else the client itself. */
function bearerOf(ctx: KoaContextWithOIDC): Bearer {
  const account = ctx.oidc.account as MemberAccount | undefined;
  if (account) return { subject: account.userId, organizationId: account.organizationId };
  const { client } = ctx.oidc;
  return { subject: client?.clientId ?? '', organizationId: typeof client?.['naru_organization'] === 'string' ? client['naru_organization'] : '' };
}

/** What the audit log keeps of an answered request of the issuer. */
export async function auditRecordOf(ctx: KoaContextWithOIDC, memberships: MembershipStore): Promise<AuditRecord | undefined> {
  // Requests that match no route have no context of the provider.
  const { oidc } = ctx as { oidc?: KoaContextWithOIDC['oidc'] };
  if (!oidc || ctx.method !== 'POST') return undefined;
  const object = oidc.client ? `clients/${oidc.client.clientId}` : '';
  switch (oidc.route) {
    case 'token':
      if (ctx.status < 400) return { action: 'TOKEN_GRANTED', ...bearerOf(ctx), object };
      return { action: 'TOKEN_REFUSED', ...NOBODY, object, code: (ctx.body as { error?: string } | undefined)?.error ?? String(ctx.status) };
    case 'revocation':
      return ctx.status < 400 ? { action: 'TOKEN_REVOKED', ...bearerOf(ctx), object } : undefined;
    case 'end_session_confirm': {
      const { accountId, destroyed } = oidc.session as unknown as { accountId?: string; destroyed?: boolean };
      const account = destroyed && accountId !== undefined ? await findAccount(memberships, accountId) : undefined;
      return account && { action: 'SIGNED_OUT', subject: account.userId, organizationId: account.organizationId, object };
    }
    default:
      return undefined;
  }
}
