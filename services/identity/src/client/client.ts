import type { OrganizationKind } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import { type Decision, accept } from '@naru/kernel/decision';
import { type Granter, refusalToGrant } from '../membership/roles.js';

export interface ClientRegistered {
  readonly type: 'ClientRegistered';
  readonly roles: readonly string[];
}

/** Registers a client of an organization: a program gets no role that a member could not. */
export function registerClient(client: { readonly roles: readonly string[]; readonly kind: OrganizationKind; readonly granter: Granter }): Decision<ClientRegistered> {
  const refusal = refusalToGrant(client.roles, client.kind, client.granter);
  return refusal ? { accepted: false, refusal } : accept([{ type: 'ClientRegistered', roles: [...client.roles].sort() }]);
}
