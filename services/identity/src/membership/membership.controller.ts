import { Controller } from '@nestjs/common';
import { MembershipEnded, MembershipGranted } from '@naru/contracts/gen/naru/identity/v1/events';
import {
  type DisableUserRequest,
  type DisableUserResponse,
  type EndMembershipRequest,
  type EndMembershipResponse,
  type GetMeRequest,
  type GetMeResponse,
  type GrantMembershipRequest,
  type GrantMembershipResponse,
  type ListMembershipsRequest,
  type ListMembershipsResponse,
  MembershipServiceService,
  type RegisterUserRequest,
  type RegisterUserResponse,
  User,
} from '@naru/contracts/gen/naru/identity/v1/membership_service';
import { CredentialKind } from '@naru/contracts/gen/naru/identity/v1/revocation_service';
import { eventsOf, refused } from '@naru/kernel/decision';
import { systemClock } from '@naru/platform/clocks';
import { occurred } from '@naru/platform/event';
import { Ids } from '@naru/platform/ids';
import { Outbox } from '@naru/platform/outbox';
import { PageTokens, pageSize } from '@naru/platform/page-tokens';
import { type Call, type CommandCall, may } from '@naru/platform/rpc/call';
import { Command, Rpc } from '@naru/platform/rpc/decorators';
import { AuditLog, by } from '../audit/audit-log.js';
import { auditedEvents } from '../audit/audited-events.js';
import { OrganizationStore } from '../organization/organization.store.js';
import { requireParty, requireSystem } from '../organization/scope.js';
import { Passwords } from '../password/passwords.js';
import { forGood } from '../revocation/revocation.js';
import { RevocationStore } from '../revocation/revocation.store.js';
import { endMembership, grantMembership } from './membership.js';
import { MembershipStore } from './membership.store.js';
import { PERMISSIONS } from './permissions.js';
import { UserStore } from './user.store.js';

@Controller()
export class MembershipController {
  constructor(
    private readonly memberships: MembershipStore,
    private readonly users: UserStore,
    private readonly organizations: OrganizationStore,
    private readonly passwords: Passwords,
    private readonly audit: AuditLog,
    private readonly revocations: RevocationStore,
    private readonly outbox: Outbox,
    private readonly ids: Ids,
    private readonly pages: PageTokens,
  ) {}

  @Command(MembershipServiceService.registerUser)
  async registerUser({ login, name, password }: RegisterUserRequest, { caller, tx, receivedAt }: CommandCall): Promise<RegisterUserResponse> {
    requireSystem(caller, 'identity:user:register');
    const user = User.fromPartial({ userId: this.ids.next(), login, name, registeredAt: new Date(receivedAt) });
    if (!(await this.users.insert(tx, user, await this.passwords.hash(password)))) refused('ALREADY_EXISTS', { what: login });
    await this.audit.write(tx, { action: 'USER_REGISTERED', ...by(caller), object: `users/${user.userId}` });
    return { user };
  }

  @Command(MembershipServiceService.disableUser)
  async disableUser({ userId }: DisableUserRequest, { caller, tx, receivedAt }: CommandCall): Promise<DisableUserResponse> {
    requireSystem(caller, 'identity:user:disable');
    const { user, changed } = (await this.users.disable(tx, userId, receivedAt)) ?? refused('NOT_FOUND');
    if (!changed) return { user };
    await this.audit.write(tx, { action: 'USER_DISABLED', ...by(caller), object: `users/${userId}` });
    await this.revocations.revoke(tx, { kind: CredentialKind.USER, credentialId: userId, organizationId: '', notBefore: forGood(systemClock.now()) }, receivedAt);
    return { user };
  }

  @Command(MembershipServiceService.grantMembership)
  async grantMembership({ organizationId, userId, roles }: GrantMembershipRequest, call: CommandCall): Promise<GrantMembershipResponse> {
    const { caller, tx, receivedAt } = call;
    requireParty(caller, organizationId);
    const kind = (await this.organizations.lock(tx, organizationId)) ?? refused('NOT_FOUND');
    if (!(await this.users.exists(tx, userId))) refused('NOT_FOUND');
    const { membership, message } = await this.memberships.find(tx, organizationId, userId);
    const object = `organizations/${organizationId}/memberships/${userId}`;
    const [granted] = auditedEvents(this.audit, call, object, grantMembership(membership, { roles, kind, granter: caller }));
    if (granted?.type !== 'MembershipGranted') return { membership: message };
    const written = await this.memberships.grant(tx, { organizationId, userId, membershipId: this.ids.next(), roles: granted.roles, at: receivedAt });
    await this.audit.write(tx, { action: 'MEMBERSHIP_GRANTED', ...by(caller), object });
    await this.outbox.publish(tx, [occurred(MembershipGranted, MembershipGranted.fromPartial(written), receivedAt)]);
    return { membership: written };
  }

  @Command(MembershipServiceService.endMembership)
  async endMembership({ organizationId, userId }: EndMembershipRequest, { caller, tx, receivedAt }: CommandCall): Promise<EndMembershipResponse> {
    requireParty(caller, organizationId);
    if (!(await this.organizations.lock(tx, organizationId))) refused('NOT_FOUND');
    const { membership, message } = await this.memberships.find(tx, organizationId, userId);
    if (eventsOf(endMembership(membership)).length === 0) return { membership: message };
    const { message: ended, membershipId } = await this.memberships.end(tx, organizationId, userId, receivedAt);
    await this.audit.write(tx, { action: 'MEMBERSHIP_ENDED', ...by(caller), object: `organizations/${organizationId}/memberships/${userId}` });
    await this.outbox.publish(tx, [occurred(MembershipEnded, { organizationId, userId }, receivedAt)]);
    await this.revocations.revoke(tx, { kind: CredentialKind.MEMBERSHIP, credentialId: membershipId, organizationId, notBefore: forGood(systemClock.now()) }, receivedAt);
    return { membership: ended };
  }

  @Rpc(MembershipServiceService.listMemberships)
  async listMemberships({ organizationId, ...page }: ListMembershipsRequest, { caller }: Call): Promise<ListMembershipsResponse> {
    requireParty(caller, organizationId);
    const list = `memberships/${organizationId}`;
    const after = this.pages.open(page.pageToken, list, caller.organizationId);
    const size = pageSize(page.pageSize);
    const rows = await this.memberships.list(organizationId, { after, limit: size + 1 });
    if (rows.length === 0 && !(await this.organizations.find(organizationId))) refused('NOT_FOUND');
    const { items, nextPageToken } = this.pages.cut(rows, size, list, caller.organizationId, (row) => row.userId);
    return { memberships: [...items], nextPageToken };
  }

  @Rpc(MembershipServiceService.getMe)
  async getMe(_: GetMeRequest, { caller }: Call): Promise<GetMeResponse> {
    const { subject, kind, organizationId, roles } = caller;
    return { subject, kind, organizationId, roles: [...roles], permissions: PERMISSIONS.filter((permission) => may(caller, permission)) };
  }
}
