import { type Account, type InteractionResults, Provider, interactionPolicy } from 'oidc-provider';
import type { MembershipStore } from '../membership/membership.store.js';

/** An account of the issuer is a membership: a person acting for one organization. Its end ends what was issued to it. */
export interface MemberAccount extends Account {
  readonly userId: string;
  readonly organizationId: string;
}

export async function findAccount(memberships: MembershipStore, membershipId: string): Promise<MemberAccount | undefined> {
  const found = await memberships.findAccount(membershipId);
  if (!found) return undefined;
  const { userId, organizationId, userName } = found;
  return { accountId: membershipId, userId, organizationId, claims: async () => ({ sub: membershipId, user: userId, name: userName, organization: organizationId }) };
}

/** When somebody has to sign in. */
export function signInPolicy(): interactionPolicy.DefaultPolicy {
  const { Check, base } = interactionPolicy;
  const policy = base();
  const { checks } = policy.get('login')!;
  // A session outlives the membership it was opened for.
  checks.add(new Check('membership_ended', 'The membership has ended', 'login_required', (ctx) => ctx.oidc.session?.accountId !== undefined && !ctx.oidc.account));
  // The library compares subjects with accounts; ours differ (see idTokensNameTheUser).
  checks.remove('claims_id_token_sub_value');
  checks.remove('id_token_hint');
  checks.add(
    new Check('id_token_hint', 'Somebody else is signed in', 'login_required', (ctx) => {
      const hint = ctx.oidc.entities.IdTokenHint as { payload: { sub?: string } } | undefined;
      return hint !== undefined && hint.payload.sub !== (ctx.oidc.account as MemberAccount | undefined)?.userId;
    }),
  );
  return policy;
}

/** Makes the person, not the membership, the subject of ID tokens, as in access tokens. The library knows only accounts. */
export function idTokensNameTheUser(provider: Provider): void {
  const prototype = provider.IdToken.prototype as unknown as { available: { user?: string }; payload: () => Promise<Record<string, unknown>> };
  const { payload } = prototype;
  prototype.payload = async function (this: typeof prototype) {
    const claims = await payload.call(this);
    return this.available.user === undefined ? claims : { ...claims, sub: this.available.user };
  };
}

/** The result of a sign-in as that membership. */
export function signedInAs(membershipId: string): InteractionResults {
  return { login: { accountId: membershipId, amr: ['pwd'] } };
}
