import { Module } from '@nestjs/common';
import type { ServiceDefinition } from '@naru/platform/service';
import { ApiKeyController } from './api-key/api-key.controller.js';
import { ApiKeyStore } from './api-key/api-key.store.js';
import { ApiKeyTokens } from './api-key/api-key-tokens.shell.js';
import { LastUses } from './api-key/last-uses.timer.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditLog } from './audit/audit-log.js';
import { Sealer } from './audit/sealer.js';
import { ClientController } from './client/client.controller.js';
import { ClientStore } from './client/client.store.js';
import { MembershipController } from './membership/membership.controller.js';
import { MembershipStore } from './membership/membership.store.js';
import { UserStore } from './membership/user.store.js';
import { Attempts } from './oidc/attempts.js';
import { IssuerServer } from './oidc/issuer-server.js';
import { OrganizationController } from './organization/organization.controller.js';
import { OrganizationStore } from './organization/organization.store.js';
import { Passwords } from './password/passwords.js';
import { RevocationController } from './revocation/revocation.controller.js';
import { RevocationStore } from './revocation/revocation.store.js';
import { RevocationWatch } from './revocation/revocation-watch.shell.js';

@Module({
  controllers: [OrganizationController, MembershipController, ClientController, AuditController, RevocationController, ApiKeyController],
  providers: [OrganizationStore, MembershipStore, UserStore, ClientStore, AuditLog, Sealer, Passwords, Attempts, RevocationStore, RevocationWatch, ApiKeyStore, ApiKeyTokens, LastUses, IssuerServer],
})
export class IdentityModule {}

export const identity: ServiceDefinition = { name: 'identity', module: IdentityModule, migrations: new URL('../migrations/', import.meta.url) };
