import { Controller } from '@nestjs/common';
import {
  Client,
  ClientServiceService,
  type DisableClientRequest,
  type DisableClientResponse,
  type ListClientsRequest,
  type ListClientsResponse,
  type RegisterClientRequest,
  type RegisterClientResponse,
  type RotateClientSecretRequest,
  type RotateClientSecretResponse,
} from '@naru/contracts/gen/naru/identity/v1/client_service';
import { ClientRegistered } from '@naru/contracts/gen/naru/identity/v1/events';
import { CredentialKind } from '@naru/contracts/gen/naru/identity/v1/revocation_service';
import { refused } from '@naru/kernel/decision';
import { systemClock } from '@naru/platform/clocks';
import { Database, type Transaction } from '@naru/platform/database';
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
import { forGood, forWhatWasIssued } from '../revocation/revocation.js';
import { RevocationStore } from '../revocation/revocation.store.js';
import { registerClient } from './client.js';
import { ClientStore } from './client.store.js';
import { newSecret, secretHash } from './secret.shell.js';

@Controller()
export class ClientController {
  constructor(
    private readonly clients: ClientStore,
    private readonly organizations: OrganizationStore,
    private readonly audit: AuditLog,
    private readonly revocations: RevocationStore,
    private readonly database: Database,
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

  @Rpc(ClientServiceService.rotateClientSecret)
  async rotateClientSecret({ organizationId, clientId }: RotateClientSecretRequest, { caller, receivedAt }: Call): Promise<RotateClientSecretResponse> {
    requireParty(caller, organizationId);
    const clientSecret = newSecret();
    const { client, notBefore } = await this.database.transaction(async (tx) => {
      const client = await this.#lockedClient(tx, organizationId, clientId);
      if (client.disabledAt) refused('CLIENT_DISABLED');
      await this.clients.replaceSecret(tx, clientId, secretHash(clientSecret));
      await this.audit.write(tx, { action: 'CLIENT_ROTATED', ...by(caller), object: `organizations/${organizationId}/clients/${clientId}` });
      const notBefore = forWhatWasIssued(systemClock.now());
      await this.revocations.revoke(tx, { kind: CredentialKind.CLIENT, credentialId: clientId, organizationId, notBefore }, receivedAt);
      return { client, notBefore };
    });
    await new Promise((resolve) => setTimeout(resolve, notBefore - systemClock.now())); // so that a token of the new secret holds from the first
    return { client, clientSecret };
  }

  @Command(ClientServiceService.disableClient)
  async disableClient({ organizationId, clientId }: DisableClientRequest, { caller, tx, receivedAt }: CommandCall): Promise<DisableClientResponse> {
    requireParty(caller, organizationId);
    const known = await this.#lockedClient(tx, organizationId, clientId);
    if (known.disabledAt) return { client: known };
    const client = await this.clients.disable(tx, clientId, receivedAt);
    await this.audit.write(tx, { action: 'CLIENT_DISABLED', ...by(caller), object: `organizations/${organizationId}/clients/${clientId}` });
    await this.revocations.revoke(tx, { kind: CredentialKind.CLIENT, credentialId: clientId, organizationId, notBefore: forGood(systemClock.now()) }, receivedAt);
    return { client };
  }

  /** A client of the organization, under the organization's lock: what is said of it comes in one order. */
  async #lockedClient(tx: Transaction, organizationId: string, clientId: string): Promise<Client> {
    if (!(await this.organizations.lock(tx, organizationId))) refused('NOT_FOUND');
    return (await this.clients.findOwn(tx, organizationId, clientId)) ?? refused('NOT_FOUND');
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
