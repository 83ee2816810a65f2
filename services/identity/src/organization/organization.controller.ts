import { Controller } from '@nestjs/common';
import { AffiliationDeclared, OrganizationRegistered } from '@naru/contracts/gen/naru/identity/v1/events';
import {
  type DeclareAffiliationRequest,
  type DeclareAffiliationResponse,
  type GetOrganizationRequest,
  type GetOrganizationResponse,
  type ListOrganizationsRequest,
  type ListOrganizationsResponse,
  Organization,
  OrganizationServiceService,
  type RegisterOrganizationRequest,
  type RegisterOrganizationResponse,
} from '@naru/contracts/gen/naru/identity/v1/organization_service';
import { eventsOf, refused } from '@naru/kernel/decision';
import { occurred } from '@naru/platform/event';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { PageTokens, pageSize } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { AuditLog, by } from '../audit/audit-log.js';
import { declareAffiliation } from './affiliation.js';
import { OrganizationStore } from './organization.store.js';
import { requireParty, requireSystem } from './scope.js';

const REGISTER = 'identity:organization:register';

@Controller()
export class OrganizationController {
  constructor(
    private readonly organizations: OrganizationStore,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly pages: PageTokens,
  ) {}

  @Command(OrganizationServiceService.registerOrganization)
  async registerOrganization(request: RegisterOrganizationRequest, { caller, tx, receivedAt }: CommandCall): Promise<RegisterOrganizationResponse> {
    requireSystem(caller, REGISTER);
    const organization = Organization.fromPartial({ ...request, organizationId: this.ids.next(), registeredAt: new Date(receivedAt) });
    await this.organizations.insert(tx, organization);
    await this.audit.write(tx, { action: 'ORGANIZATION_REGISTERED', ...by(caller), object: `organizations/${organization.organizationId}` });
    await this.outbox.publish(tx, [occurred(OrganizationRegistered, OrganizationRegistered.fromPartial(organization), receivedAt)]);
    return { organization };
  }

  @Rpc(OrganizationServiceService.getOrganization)
  async getOrganization({ organizationId }: GetOrganizationRequest, { caller }: Call): Promise<GetOrganizationResponse> {
    requireParty(caller, organizationId);
    return { organization: (await this.organizations.find(organizationId)) ?? refused('NOT_FOUND') };
  }

  @Rpc(OrganizationServiceService.listOrganizations)
  async listOrganizations(request: ListOrganizationsRequest, { caller }: Call): Promise<ListOrganizationsResponse> {
    const after = this.pages.open(request.pageToken, 'organizations', caller.organizationId);
    const size = pageSize(request.pageSize);
    const rows = await this.organizations.list({ after, only: caller.system ? undefined : caller.organizationId, limit: size + 1 });
    const { items, nextPageToken } = this.pages.cut(rows, size, 'organizations', caller.organizationId, (row) => row.organizationId);
    return { organizations: [...items], nextPageToken };
  }

  @Command(OrganizationServiceService.declareAffiliation)
  async declareAffiliation({ organizationId, affiliateOrganizationId }: DeclareAffiliationRequest, { caller, tx, receivedAt }: CommandCall): Promise<DeclareAffiliationResponse> {
    requireSystem(caller, REGISTER);
    // Locked in order of their ids, so that two declarations of the same pair cannot wait for each other.
    for (const id of [organizationId, affiliateOrganizationId].sort()) if (!(await this.organizations.lock(tx, id))) refused('NOT_FOUND');
    const known = await this.organizations.areAffiliates(tx, organizationId, affiliateOrganizationId);
    const declared = eventsOf(declareAffiliation(known, organizationId, affiliateOrganizationId));
    for (const event of declared) await this.organizations.insertAffiliation(tx, event.organizationId, event.affiliateOrganizationId, receivedAt);
    if (declared.length > 0) {
      await this.audit.write(tx, {
        action: 'AFFILIATION_DECLARED',
        ...by(caller),
        object: `organizations/${organizationId}/affiliates/${affiliateOrganizationId}`,
      });
      await this.outbox.publish(tx, declared.map((event) => occurred(AffiliationDeclared, AffiliationDeclared.fromPartial(event), receivedAt)));
    }
    return { organization: (await this.organizations.find(organizationId, tx))! };
  }
}
