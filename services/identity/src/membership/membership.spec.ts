import { describe, expect, it } from '@jest/globals';
import { OrganizationKind } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import { endMembership, grantMembership } from './membership.js';

const grant = (...roles: string[]) => ({ roles, kind: OrganizationKind.CONSIGNOR, granter: { system: false } });
const accepted = (...events: unknown[]) => ({ accepted: true, events });

describe('grantMembership', () => {
  it('makes a member, and changes the roles of one', () => {
    expect(grantMembership({ phase: 'none' }, grant('consignor', 'analyst'))).toEqual(accepted({ type: 'MembershipGranted', roles: ['analyst', 'consignor'] }));
    expect(grantMembership({ phase: 'active', roles: ['analyst'] }, grant('consignor'))).toEqual(accepted({ type: 'MembershipGranted', roles: ['consignor'] }));
    expect(grantMembership({ phase: 'ended', roles: ['consignor'] }, grant('consignor'))).toEqual(accepted({ type: 'MembershipGranted', roles: ['consignor'] }));
  });

  it('says nothing where nothing changes', () => {
    expect(grantMembership({ phase: 'active', roles: ['analyst', 'consignor'] }, grant('consignor', 'analyst'))).toEqual(accepted());
  });

  it('refuses a role that is not to grant', () => {
    expect(grantMembership({ phase: 'none' }, grant('service'))).toMatchObject({ accepted: false, refusal: { code: 'ROLE_NOT_GRANTABLE' } });
  });
});

describe('endMembership', () => {
  it('ends once', () => {
    expect(endMembership({ phase: 'active', roles: ['consignor'] })).toEqual(accepted({ type: 'MembershipEnded' }));
    expect(endMembership({ phase: 'ended', roles: ['consignor'] })).toEqual(accepted());
    expect(endMembership({ phase: 'none' })).toMatchObject({ accepted: false, refusal: { code: 'NOT_FOUND' } });
  });
});
