import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OrganizationKind } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import { ROLES, type Role } from '@naru/contracts/roles';
import { refusalToGrant } from './roles.js';

const kinds = fc.constantFrom(...Object.values(OrganizationKind));
const roles = fc.constantFrom(...(Object.keys(ROLES) as Role[]));
const ADMIN = { system: false };
const NARU = { system: true };

describe('refusalToGrant', () => {
  it('lets nobody grant the role of the services', () => {
    fc.assert(fc.property(kinds, fc.boolean(), (kind, system) => expect(refusalToGrant(['service'], kind, { system })?.code).toBe('ROLE_NOT_GRANTABLE')));
  });

  it("lets only Naru grant the platform operator's role, and only in its own organization", () => {
    fc.assert(
      fc.property(kinds, fc.boolean(), (kind, system) => {
        expect(refusalToGrant(['platform-operator'], kind, { system }) === undefined).toBe(system && kind === OrganizationKind.SYSTEM);
      }),
    );
  });

  it('never lets an administrator grant more than Naru could', () => {
    fc.assert(
      fc.property(kinds, roles, (kind, role) => {
        if (refusalToGrant([role], kind, ADMIN) === undefined) expect(refusalToGrant([role], kind, NARU)).toBeUndefined();
      }),
    );
  });

  it('keeps an administrator within the capacity of the organization', () => {
    expect(refusalToGrant(['consignor'], OrganizationKind.CONSIGNOR, ADMIN)).toBeUndefined();
    expect(refusalToGrant(['bidder'], OrganizationKind.CONSIGNOR, ADMIN)).toMatchObject({ code: 'ROLE_NOT_GRANTABLE', details: { role: 'bidder' } });
    expect(refusalToGrant(['market-operator'], OrganizationKind.INTERMEDIATE_WHOLESALER, ADMIN)?.code).toBe('ROLE_NOT_GRANTABLE');
    expect(refusalToGrant(['bidder'], OrganizationKind.CONSIGNOR, NARU)).toBeUndefined();
  });

  it('refuses all for one wrong role, and names it', () => {
    expect(refusalToGrant(['consignor', 'king'], OrganizationKind.CONSIGNOR, ADMIN)).toMatchObject({ code: 'ROLE_UNKNOWN', details: { role: 'king' } });
    expect(refusalToGrant(['constructor'], OrganizationKind.CONSIGNOR, NARU)?.code).toBe('ROLE_UNKNOWN');
  });
});
