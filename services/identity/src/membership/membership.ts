import type { OrganizationKind } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import { type Decision, accept, refuse } from '@naru/kernel/decision';
import { type Granter, refusalToGrant } from './roles.js';

export type Membership =
  | { readonly phase: 'none' }
  | { readonly phase: 'active'; readonly roles: readonly string[] }
  | { readonly phase: 'ended'; readonly roles: readonly string[] };

export type MembershipEvent = { readonly type: 'MembershipGranted'; readonly roles: readonly string[] } | { readonly type: 'MembershipEnded' };

/** Makes or changes a membership: the roles of a later grant replace the earlier ones. */
export function grantMembership(membership: Membership, grant: { readonly roles: readonly string[]; readonly kind: OrganizationKind; readonly granter: Granter }): Decision<MembershipEvent> {
  const refusal = refusalToGrant(grant.roles, grant.kind, grant.granter);
  if (refusal) return { accepted: false, refusal };
  const roles = [...grant.roles].sort();
  if (membership.phase === 'active' && roles.join() === membership.roles.join()) return accept([]);
  return accept([{ type: 'MembershipGranted', roles }]);
}

/** Ends a membership; one that has ended stays so. */
export function endMembership(membership: Membership): Decision<MembershipEvent> {
  switch (membership.phase) {
    case 'none':
      return refuse('NOT_FOUND');
    case 'ended':
      return accept([]);
    case 'active':
      return accept([{ type: 'MembershipEnded' }]);
  }
}
