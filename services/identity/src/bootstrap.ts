import { Client } from '@naru/contracts/gen/naru/identity/v1/client_service';
import { ClientRegistered, OrganizationRegistered } from '@naru/contracts/gen/naru/identity/v1/events';
import { CredentialKind } from '@naru/contracts/gen/naru/identity/v1/revocation_service';
import { Organization, OrganizationKind } from '@naru/contracts/gen/naru/identity/v1/organization_service';
import type { Role } from '@naru/contracts/roles';
import type { Instant } from '@naru/kernel/instant';
import { systemClock } from '@naru/platform/clocks';
import type { Transaction } from '@naru/platform/database';
import { occurred } from '@naru/platform/event';
import type { Ids } from '@naru/platform/ids';
import type { Outbox } from '@naru/platform/outbox';
import type { AuditLog } from './audit/audit-log.js';
import type { ClientStore } from './client/client.store.js';
import { secretHash } from './client/secret.shell.js';
import type { OrganizationStore } from './organization/organization.store.js';
import { forWhatWasIssued } from './revocation/revocation.js';
import type { RevocationStore } from './revocation/revocation.store.js';

export const OPERATOR_CLIENT = 'naru-operator';
export const SERVICE_CLIENT = 'naru-service';

export interface BootstrapParts {
  readonly organizations: OrganizationStore;
  readonly clients: ClientStore;
  readonly audit: AuditLog;
  readonly revocations: RevocationStore;
  readonly outbox: Outbox;
  readonly ids: Ids;
}

export interface BootstrapOptions {
  readonly operatorSecret: string;
  /** The client of Naru's own services is made only with a secret. */
  readonly serviceSecret?: string | undefined;
  /** Business time. */
  readonly now: Instant;
}

/**
 * Makes Naru's own organization, the client of the platform operator and the client of the services. What exists stays;
 * a secret that the configuration has changed is changed here too.
 */
export async function bootstrap(tx: Transaction, parts: BootstrapParts, options: BootstrapOptions): Promise<{ readonly organizationId: string }> {
  // Two instances that start at once make one organization.
  await tx.query(`select pg_advisory_xact_lock(hashtext('identity.bootstrap'))`);
  const organizationId = (await parts.organizations.findSystem(tx)) ?? (await registerNaru(tx, parts, options.now));
  await parts.organizations.lock(tx, organizationId);
  const ensure = async (clientId: string, name: string, role: Role, secret: string): Promise<void> => {
    const client = Client.fromPartial({ clientId, organizationId, name, roles: [role], registeredAt: new Date(options.now) });
    if (!(await parts.clients.insert(tx, client, secretHash(secret)))) {
      if (!(await parts.clients.replaceSecret(tx, clientId, secretHash(secret)))) return;
      await parts.revocations.revoke(tx, { kind: CredentialKind.CLIENT, credentialId: clientId, organizationId, notBefore: forWhatWasIssued(systemClock.now()) }, options.now);
      return;
    }
    await parts.audit.write(tx, { action: 'CLIENT_REGISTERED', subject: '', organizationId, object: `organizations/${organizationId}/clients/${clientId}` });
    await parts.outbox.publish(tx, [occurred(ClientRegistered, ClientRegistered.fromPartial(client), options.now)]);
  };
  await ensure(OPERATOR_CLIENT, 'Platform operator', 'platform-operator', options.operatorSecret);
  if (options.serviceSecret !== undefined) await ensure(SERVICE_CLIENT, 'Services of Naru', 'service', options.serviceSecret);
  return { organizationId };
}

async function registerNaru(tx: Transaction, { organizations, audit, outbox, ids }: BootstrapParts, now: Instant): Promise<string> {
  const organization = Organization.fromPartial({ organizationId: ids.next(), name: 'Naru', kind: OrganizationKind.SYSTEM, registeredAt: new Date(now) });
  const { organizationId } = organization;
  await organizations.insert(tx, organization);
  await audit.write(tx, { action: 'ORGANIZATION_REGISTERED', subject: '', organizationId, object: `organizations/${organizationId}` });
  await outbox.publish(tx, [occurred(OrganizationRegistered, OrganizationRegistered.fromPartial(organization), now)]);
  return organizationId;
}
