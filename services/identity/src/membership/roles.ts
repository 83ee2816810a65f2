import { OrganizationKind } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import { type Role, isRole } from '@naru/contracts/roles';
import { type Refusal, refuse } from '@naru/kernel/decision';

const OWN: readonly Role[] = ['organization-admin', 'analyst'];

/** The roles that an organization's own administrators may grant, by the capacity in which it takes part. */
const BY_KIND: Readonly<Record<OrganizationKind, readonly Role[]>> = {
  [OrganizationKind.UNSPECIFIED]: [],
  [OrganizationKind.OPENER]: [...OWN, 'market-operator'],
  [OrganizationKind.CORPORATION]: [...OWN, 'market-operator'],
  [OrganizationKind.JOINT_MARKET]: [...OWN, 'market-operator'],
  [OrganizationKind.INTERMEDIATE_WHOLESALER]: [...OWN, 'bidder', 'merchant'],
  [OrganizationKind.DIRECT_BUYER]: [...OWN, 'bidder', 'merchant'],
  [OrganizationKind.CONSIGNOR]: [...OWN, 'consignor'],
  [OrganizationKind.COOPERATIVE]: [...OWN, 'consignor'],
  [OrganizationKind.CENTRE_OPERATOR]: [...OWN, 'centre-operator'],
  [OrganizationKind.TENANT]: OWN,
  [OrganizationKind.MERCHANT]: [...OWN, 'merchant'],
  [OrganizationKind.CARRIER]: [...OWN, 'carrier'],
  [OrganizationKind.ROBOT_OPERATOR]: OWN,
  [OrganizationKind.CERTIFICATION_BODY]: OWN,
  [OrganizationKind.INSPECTOR]: OWN,
  [OrganizationKind.SYSTEM]: OWN,
};

/** Who grants: Naru's own organization vouches for every capacity, an administrator only for its own organization's. */
export interface Granter {
  readonly system: boolean;
}

function mayGrant(role: Role, kind: OrganizationKind, granter: Granter): boolean {
  switch (role) {
    case 'service':
      return false; // Naru's own services get it from the configuration alone.
    case 'platform-operator':
      return granter.system && kind === OrganizationKind.SYSTEM;
    case 'market-operator':
    case 'consignor':
    case 'bidder':
    case 'carrier':
    case 'merchant':
    case 'centre-operator':
    case 'analyst':
    case 'organization-admin':
      return granter.system || BY_KIND[kind].includes(role);
  }
}

/** Why `granter` may not grant `roles` in an organization of `kind`; undefined when it may. */
export function refusalToGrant(roles: readonly string[], kind: OrganizationKind, granter: Granter): Refusal | undefined {
  for (const role of roles) {
    if (!isRole(role)) return refuse('ROLE_UNKNOWN', { role }).refusal;
    if (!mayGrant(role, kind, granter)) return refuse('ROLE_NOT_GRANTABLE', { role }).refusal;
  }
  return undefined;
}
