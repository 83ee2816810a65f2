import { Injectable } from '@nestjs/common';
import { Organization, OrganizationKind } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import type { Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import type { Queries } from '../queries.js';

interface OrganizationRow {
  readonly organizationId: string;
  readonly name: string;
  readonly kind: OrganizationKind;
  readonly registrationNumber: string;
  readonly registeredAt: Instant;
  readonly affiliateOrganizationIds: string[];
}

const SELECT = `
  select o.organization_id as "organizationId", o.name, o.kind, o.registration_number as "registrationNumber", o.registered_at as "registeredAt",
         array(select a.affiliate_organization_id::text from affiliations a where a.organization_id = o.organization_id order by 1) as "affiliateOrganizationIds"
    from organizations o`;
const FIND = `${SELECT} where o.organization_id = $1`;
const LIST = `${SELECT} where ($1::uuid is null or o.organization_id > $1) and ($2::uuid is null or o.organization_id = $2) order by o.organization_id limit $3`;

function toOrganization(row: OrganizationRow): Organization {
  return Organization.fromPartial({ ...row, registeredAt: new Date(row.registeredAt) });
}

@Injectable()
export class OrganizationStore {
  constructor(private readonly database: Database) {}

  async find(organizationId: string, queries: Queries = this.database): Promise<Organization | undefined> {
    const [row] = await queries.query<OrganizationRow>(FIND, [organizationId]);
    return row && toOrganization(row);
  }

  /** Locks the organization: its lock orders the events under its key. Gives its kind. */
  async lock(tx: Queries, organizationId: string): Promise<OrganizationKind | undefined> {
    const [row] = await tx.query<{ kind: OrganizationKind }>(`select kind from organizations where organization_id = $1 for no key update`, [organizationId]);
    return row?.kind;
  }

  /** Organizations by id: all, or the one that a party is. */
  async list(page: { after: string | undefined; only: string | undefined; limit: number }): Promise<Organization[]> {
    const rows = await this.database.query<OrganizationRow>(LIST, [page.after ?? null, page.only ?? null, page.limit]);
    return rows.map(toOrganization);
  }

  async insert(tx: Queries, organization: Organization): Promise<void> {
    await tx.query(`insert into organizations (organization_id, name, kind, registration_number, registered_at) values ($1, $2, $3, $4, $5)`, [
      organization.organizationId,
      organization.name,
      organization.kind,
      organization.registrationNumber,
      organization.registeredAt,
    ]);
  }

  async areAffiliates(tx: Queries, organizationId: string, affiliateOrganizationId: string): Promise<boolean> {
    const rows = await tx.query(`select from affiliations where organization_id = $1 and affiliate_organization_id = $2`, [organizationId, affiliateOrganizationId]);
    return rows.length > 0;
  }

  async insertAffiliation(tx: Queries, organizationId: string, affiliateOrganizationId: string, at: Instant): Promise<void> {
    await tx.query(`insert into affiliations (organization_id, affiliate_organization_id, declared_at) values ($1, $2, $3)`, [organizationId, affiliateOrganizationId, date(at)]);
  }

  /** Naru's own organization, once it is made. */
  async findSystem(tx: Queries): Promise<string | undefined> {
    const [row] = await tx.query<{ organizationId: string }>(`select organization_id as "organizationId" from organizations where kind = $1`, [OrganizationKind.SYSTEM]);
    return row?.organizationId;
  }
}
