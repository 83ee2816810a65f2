import { Controller } from '@nestjs/common';
import {
  Client,
  ClientServiceService,
  type ListClientsRequest,
  type ListClientsResponse,
  type RegisterClientRequest,
  type RegisterClientResponse,
} from '@naru/contracts/gen/naru/identity/v1/client_service';
import { ClientRegistered } from '@naru/contracts/gen/naru/identity/v1/events';
import { refused } from '@naru/kernel/decision';
import { occurred } from '@naru/platform/event';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { PageTokens, pageSize } from '@naru/platform/page-tokens';
import type { Call, CommandCall } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { AuditLog, by } from '../audit/audit-log.js';
import { auditedEvents } from '../audit/audited-events.js';
import { OrganizationStore } from '../organization/organization.store.js';
import { requireParty } from '../organization/scope.js';
import { registerClient } from './client.js';
import { ClientStore } from './client.store.js';
import { newSecret, secretHash } from './secret.shell.js';

@Controller()
export class ClientController {
  constructor(
    private readonly clients: ClientStore,
    private readonly organizations: OrganizationStore,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly pages: PageTokens,
  ) {}

  @Command(ClientServiceService.registerClient)
  async registerClient({ organizationId, name, roles }: RegisterClientRequest, call: CommandCall): Promise<RegisterClientResponse> {
    const { caller, tx, receivedAt } = call;
    requireParty(caller, organizationId);
    const kind = (await this.organizations.lock(tx, organizationId)) ?? refused('NOT_FOUND');
    const clientId = this.ids.next();
    const object = `organizations/${organizationId}/clients/${clientId}`;
    const [registered] = auditedEvents(this.audit, call, object, registerClient({ roles, kind, granter: caller }));
    const client = Client.fromPartial({ clientId, organizationId, name, roles: [...registered!.roles], registeredAt: new Date(receivedAt) });
    const clientSecret = newSecret();
    await this.clients.insert(tx, client, secretHash(clientSecret));
    await this.audit.write(tx, { action: 'CLIENT_REGISTERED', ...by(caller), object });
    await this.outbox.publish(tx, [occurred(ClientRegistered, ClientRegistered.fromPartial(client), receivedAt)]);
    return { client, clientSecret };
  }

  @Rpc(ClientServiceService.listClients)
  async listClients({ organizationId, ...page }: ListClientsRequest, { caller }: Call): Promise<ListClientsResponse> {
    requireParty(caller, organizationId);
    const list = `clients/${organizationId}`;
    const after = this.pages.open(page.pageToken, list, caller.organizationId);
    const size = pageSize(page.pageSize);
    const rows = await this.clients.list(organizationId, { after, limit: size + 1 });
    if (rows.length === 0 && !(await this.organizations.find(organizationId))) refused('NOT_FOUND');
    const { items, nextPageToken } = this.pages.cut(rows, size, list, caller.organizationId, (row) => row.clientId);
    return { clients: [...items], nextPageToken };
  }
}
