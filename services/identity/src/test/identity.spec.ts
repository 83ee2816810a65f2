import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { AuditServiceClient } from '@naru/contracts/gen/naru/identity/v1/audit_service';
import { ClientServiceClient } from '@naru/contracts/gen/naru/identity/v1/client_service';
import { MembershipServiceClient } from '@naru/contracts/gen/naru/identity/v1/membership_service';
import { OrganizationKind, OrganizationServiceClient } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import { refusalOf } from '@naru/testing/refusals';
import { rules } from '../verify.js';
import { RunningIdentity } from './running-identity.js';

let identity: RunningIdentity;
let operator: string;

const organizations = (token: string) => identity.as(OrganizationServiceClient, token);
const memberships = (token: string) => identity.as(MembershipServiceClient, token);
const clients = (token: string) => identity.as(ClientServiceClient, token);

async function newOrganization(name: string, kind: OrganizationKind): Promise<string> {
  return (await organizations(operator).registerOrganization({ name, kind, registrationNumber: '123-45-67890' })).organization!.organizationId;
}

/** A token of a new client of the organization. */
async function clientToken(organizationId: string, ...roles: string[]): Promise<string> {
  const { client, clientSecret } = await clients(operator).registerClient({ organizationId, name: 'a client', roles });
  return identity.tokenOf(client!.clientId, clientSecret);
}

let users = 0;

async function newUser(): Promise<string> {
  return (await memberships(operator).registerUser({ login: `member${++users}`, name: 'A member', password: 'a password of the tests' })).user!.userId;
}

/** Tries until `check` holds; its last failure is the test's. */
async function eventually(check: () => Promise<void>): Promise<void> {
  for (const deadline = Date.now() + 8000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

beforeAll(async () => {
  identity = await RunningIdentity.start();
  operator = await identity.operatorToken();
}, 60_000);

afterAll(async () => identity?.stop());

describe('parties', () => {
  it('are registered by Naru, and seen by themselves', async () => {
    const farm = await newOrganization('A farm', OrganizationKind.CONSIGNOR);
    const token = await clientToken(farm, 'organization-admin');
    const { organization } = await organizations(token).getOrganization({ organizationId: farm });
    expect(organization).toMatchObject({ organizationId: farm, name: 'A farm', kind: OrganizationKind.CONSIGNOR, registrationNumber: '123-45-67890', affiliateOrganizationIds: [] });
    expect((await organizations(token).listOrganizations({ pageSize: 0, pageToken: '' })).organizations.map((o) => o.organizationId)).toEqual([farm]);
  });

  it('are affiliates of each other, once', async () => {
    const [farm, market] = [await newOrganization('A farm', OrganizationKind.CONSIGNOR), await newOrganization('A market', OrganizationKind.CORPORATION)];
    await organizations(operator).declareAffiliation({ organizationId: farm, affiliateOrganizationId: market });
    await organizations(operator).declareAffiliation({ organizationId: market, affiliateOrganizationId: farm });
    expect((await organizations(operator).getOrganization({ organizationId: farm })).organization!.affiliateOrganizationIds).toEqual([market]);
    expect((await organizations(operator).getOrganization({ organizationId: market })).organization!.affiliateOrganizationIds).toEqual([farm]);
    expect(await refusalOf(organizations(operator).declareAffiliation({ organizationId: farm, affiliateOrganizationId: farm }))).toBe('AFFILIATION_WITH_ITSELF');
    const entries = await identity.database.query(`select from identity.audit_entries where action = 'AFFILIATION_DECLARED' and object like $1`, [`organizations/${farm}/%`]);
    expect(entries).toHaveLength(1);
  });

  it('are listed in pages', async () => {
    const seen = new Set<string>();
    let pageToken = '';
    do {
      const page = await organizations(operator).listOrganizations({ pageSize: 2, pageToken });
      page.organizations.forEach((o) => seen.add(o.organizationId));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    const [row] = await identity.database.query<{ count: string }>(`select count(*) from identity.organizations`);
    expect(seen.size).toBe(Number(row!.count));
  });
});

describe('members and clients', () => {
  it('an administrator looks after the own ones', async () => {
    const farm = await newOrganization('A farm', OrganizationKind.CONSIGNOR);
    const admin = await clientToken(farm, 'organization-admin');
    const userId = await newUser();
    const { membership } = await memberships(admin).grantMembership({ organizationId: farm, userId, roles: ['consignor', 'analyst'] });
    expect(membership).toMatchObject({ organizationId: farm, userId, roles: ['analyst', 'consignor'] });
    expect((await memberships(admin).grantMembership({ organizationId: farm, userId, roles: ['analyst'] })).membership!.roles).toEqual(['analyst']);
    expect((await memberships(admin).endMembership({ organizationId: farm, userId })).membership!.endedAt).toBeInstanceOf(Date);
    expect((await memberships(admin).listMemberships({ organizationId: farm, pageSize: 0, pageToken: '' })).memberships).toHaveLength(1);
    const { client } = await clients(admin).registerClient({ organizationId: farm, name: 'scale', roles: ['consignor'] });
    expect((await clients(admin).listClients({ organizationId: farm, pageSize: 0, pageToken: '' })).clients.map((c) => c.clientId)).toContain(client!.clientId);
  });

  it('a login is taken once', async () => {
    await memberships(operator).registerUser({ login: 'taken', name: 'First', password: 'a password of the tests' });
    expect(await refusalOf(memberships(operator).registerUser({ login: 'taken', name: 'Second', password: 'a password of the tests' }))).toBe('ALREADY_EXISTS');
  });

  it('a membership granted again after its end is another one', async () => {
    const farm = await newOrganization('A farm', OrganizationKind.CONSIGNOR);
    const userId = await newUser();
    const idOf = async () => (await identity.database.query<{ id: string }>(`select membership_id as id from identity.memberships where organization_id = $1`, [farm]))[0]!.id;
    await memberships(operator).grantMembership({ organizationId: farm, userId, roles: ['consignor'] });
    const first = await idOf();
    await memberships(operator).grantMembership({ organizationId: farm, userId, roles: ['analyst'] });
    expect(await idOf()).toBe(first);
    await memberships(operator).endMembership({ organizationId: farm, userId });
    await memberships(operator).grantMembership({ organizationId: farm, userId, roles: ['consignor'] });
    expect(await idOf()).not.toBe(first);
  });

  it('publish what happened to them, in order, under their organization, and write it down', async () => {
    const farm = await newOrganization('A farm', OrganizationKind.CONSIGNOR);
    const userId = await newUser();
    await memberships(operator).grantMembership({ organizationId: farm, userId, roles: ['consignor'] });
    await memberships(operator).endMembership({ organizationId: farm, userId });
    await memberships(operator).endMembership({ organizationId: farm, userId });
    await clientToken(farm, 'consignor');
    const happened = ['OrganizationRegistered', 'MembershipGranted', 'MembershipEnded', 'ClientRegistered'];
    const entries = await identity.database.query<{ action: string }>(`select action from identity.audit_entries where object like $1 order by entry_id`, [`organizations/${farm}%`]);
    expect(entries.map((entry) => entry.action)).toEqual(['ORGANIZATION_REGISTERED', 'MEMBERSHIP_GRANTED', 'MEMBERSHIP_ENDED', 'CLIENT_REGISTERED']);
    await eventually(async () => expect(await identity.published(farm)).toEqual(happened.map((name) => `naru.identity.v1.${name}`)));
  });
});

describe('access', () => {
  it('refuses what the caller may not', async () => {
    const farm = await newOrganization('A farm', OrganizationKind.CONSIGNOR);
    const admin = await clientToken(farm, 'organization-admin');
    const userId = await newUser();
    expect(await refusalOf(organizations(admin).registerOrganization({ name: 'x', kind: OrganizationKind.CARRIER, registrationNumber: '' }))).toBe('PERMISSION_DENIED');
    expect(await refusalOf(memberships(admin).registerUser({ login: 'sneaked', name: 'x', password: 'a password of the tests' }))).toBe('PERMISSION_DENIED');
    expect(await refusalOf(identity.as(AuditServiceClient, admin).listAuditEntries({ pageSize: 0, pageToken: '' }))).toBe('PERMISSION_DENIED');
    expect(await refusalOf(organizations('no token').listOrganizations({ pageSize: 0, pageToken: '' }))).toBe('UNAUTHENTICATED');
    for (const role of ['service', 'platform-operator', 'market-operator']) {
      expect(await refusalOf(memberships(admin).grantMembership({ organizationId: farm, userId, roles: [role] }))).toBe('ROLE_NOT_GRANTABLE');
      expect(await refusalOf(clients(admin).registerClient({ organizationId: farm, name: 'x', roles: ['consignor', role] }))).toBe('ROLE_NOT_GRANTABLE');
    }
    for (const role of ['service', 'platform-operator']) expect(await refusalOf(clients(operator).registerClient({ organizationId: farm, name: 'x', roles: [role] }))).toBe('ROLE_NOT_GRANTABLE');
    expect(await refusalOf(clients(admin).registerClient({ organizationId: farm, name: 'x', roles: ['king'] }))).toBe('ROLE_UNKNOWN');
    expect(await identity.database.query(`select from identity.memberships where organization_id = $1`, [farm])).toHaveLength(0);
  });

  it('shows a foreign organization like an unknown one', async () => {
    const [farm, other] = [await newOrganization('A farm', OrganizationKind.CONSIGNOR), await newOrganization('Another farm', OrganizationKind.CONSIGNOR)];
    const admin = await clientToken(farm, 'organization-admin');
    const userId = await newUser();
    const page = { pageSize: 0, pageToken: '' };
    for (const organizationId of [other, '00000000-0000-7000-8000-000000000000']) {
      expect(await refusalOf(organizations(admin).getOrganization({ organizationId }))).toBe('NOT_FOUND');
      expect(await refusalOf(memberships(admin).grantMembership({ organizationId, userId, roles: ['consignor'] }))).toBe('NOT_FOUND');
      expect(await refusalOf(memberships(admin).endMembership({ organizationId, userId }))).toBe('NOT_FOUND');
      expect(await refusalOf(memberships(admin).listMemberships({ organizationId, ...page }))).toBe('NOT_FOUND');
      expect(await refusalOf(clients(admin).registerClient({ organizationId, name: 'x', roles: ['consignor'] }))).toBe('NOT_FOUND');
      expect(await refusalOf(clients(admin).listClients({ organizationId, ...page }))).toBe('NOT_FOUND');
    }
    const { nextPageToken } = await organizations(operator).listOrganizations({ pageSize: 1, pageToken: '' });
    expect(await refusalOf(organizations(admin).listOrganizations({ pageSize: 1, pageToken: nextPageToken }))).toBe('PAGE_TOKEN_INVALID');
  });
});

describe('audit log', () => {
  const check = async (rule: string) => {
    const { check: checked } = rules.find((r) => r.rule === rule)!;
    const query = <Row>(text: string, values?: readonly unknown[]) => identity.database.query<Row>(text, values);
    const result = typeof checked === 'string' ? (await query<{ checked: string; violations: string }>(checked))[0]! : await checked(query);
    return { checked: Number(result.checked), violations: Number(result.violations) };
  };

  async function entries() {
    const audit = identity.as(AuditServiceClient, operator);
    const all = [];
    let pageToken = '';
    do {
      const page = await audit.listAuditEntries({ pageSize: 7, pageToken });
      all.push(...page.entries);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return all;
  }

  it('keeps sign-ins, grants, refusals and changes, chained after their commit', async () => {
    await identity.token({ grant_type: 'client_credentials' }, { authorization: `Basic ${Buffer.from('naru-operator:wrong').toString('base64')}` });
    await eventually(async () => {
      const [row] = await identity.database.query<{ count: number }>(`select count(*)::int from identity.audit_entries where action = 'REFUSED' and code in ('UNAUTHENTICATED', 'ROLE_UNKNOWN')`);
      const [left] = await identity.database.query<{ count: number }>(`select count(*)::int from identity.audit_unsealed`);
      expect([row!.count, left!.count]).toEqual([2, 0]);
    });
    const all = await entries();
    expect(all.map((entry) => entry.position)).toEqual(all.map((_, i) => BigInt(i + 1)));
    const actions = new Set(all.map((entry) => entry.action));
    for (const action of ['ORGANIZATION_REGISTERED', 'AFFILIATION_DECLARED', 'USER_REGISTERED', 'MEMBERSHIP_GRANTED', 'MEMBERSHIP_ENDED', 'CLIENT_REGISTERED', 'TOKEN_GRANTED', 'TOKEN_REFUSED', 'REFUSED']) expect(actions).toContain(action);
    expect(all.find((entry) => entry.action === 'TOKEN_REFUSED')).toMatchObject({ subject: '', object: 'clients/naru-operator', code: 'invalid_client' });
    expect(all.filter((entry) => entry.action === 'REFUSED').map((entry) => entry.code)).toEqual(expect.arrayContaining(['UNAUTHENTICATED', 'PERMISSION_DENIED', 'ROLE_NOT_GRANTABLE', 'ROLE_UNKNOWN']));
  }, 15_000);

  it.each(['I1', 'I2', 'I4'])('verifies by rule %s', async (rule) => {
    const { checked, violations } = await check(rule);
    expect(checked).toBeGreaterThan(0);
    expect(violations).toBe(0);
  });

  it('lets the service change or remove no entry', async () => {
    const client = new pg.Client({ connectionString: identity.database.services.get('identity')!.databaseUrl });
    await client.connect();
    for (const statement of [`update identity.audit_entries set subject = ''`, `delete from identity.audit_entries`, `update identity.audit_chain set hash = hash`, `delete from identity.audit_chain`]) {
      await expect(client.query(statement)).rejects.toThrow(/permission denied/);
    }
    await client.end();
  });

  it('shows readers no secrets', async () => {
    const client = new pg.Client({ connectionString: identity.database.readerUrl });
    await client.connect();
    for (const column of ['jwk from identity.signing_keys', 'value from identity.cookie_keys', 'payload from identity.oidc', 'password_hash from identity.users', 'secret_sha256 from identity.clients']) {
      await expect(client.query(`select ${column}`)).rejects.toThrow(/permission denied/);
    }
    for (const rule of rules) {
      const query = async <Row>(text: string, values?: readonly unknown[]) => (await client.query(text, values as unknown[])).rows as Row[];
      if (typeof rule.check === 'string') await query(rule.check);
      else await rule.check(query);
    }
    await client.end();
  });

  // Breaks by hand what `verify` must see, one after the other; each is put right again.
  it.each([
    ['a changed entry', `update identity.audit_entries set subject = subject || '!' where entry_id = (select entry_id from identity.audit_chain where position = 5)`, `update identity.audit_entries set subject = left(subject, -1) where entry_id = (select entry_id from identity.audit_chain where position = 5)`],
    ['an entry slipped in', `insert into identity.audit_entries values ('00000000-0000-7000-8000-000000000001', now(), 'SIGNED_IN', '', '', '', '')`, `delete from identity.audit_entries where entry_id = '00000000-0000-7000-8000-000000000001'`],
    ['a hash replaced', `update identity.audit_chain set hash = sha256(hash) where position = 7`, undefined],
  ])('sees %s', async (_, tamper, mend) => {
    expect((await check('I4')).violations).toBe(0);
    await identity.database.query(tamper);
    expect((await check('I4')).violations).toBeGreaterThan(0);
    if (mend) await identity.database.query(mend);
  });

  it('sees a removed entry', async () => {
    const before = (await check('I4')).violations;
    await identity.database.query(`delete from identity.audit_chain where position = 9`);
    expect((await check('I4')).violations).toBeGreaterThan(before);
  });

  it('shows a change by another organization, and a token for nobody', async () => {
    const [farm, other] = [await newOrganization('A farm', OrganizationKind.CONSIGNOR), await newOrganization('Another farm', OrganizationKind.CONSIGNOR)];
    await identity.database.query(`insert into identity.audit_entries values (uuidv7(), now(), 'MEMBERSHIP_GRANTED', 'x', $1, $2, ''), (uuidv7(), now(), 'TOKEN_GRANTED', 'nobody', $1, '', '')`, [farm, `organizations/${other}/memberships/x`]);
    expect((await check('I1')).violations).toBe(1);
    expect((await check('I2')).violations).toBe(1);
  });
});
