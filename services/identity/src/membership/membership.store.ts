import { Injectable } from '@nestjs/common';
import { Membership as MembershipMessage } from '@naru/contracts/gen/naru/identity/v1/membership_service';
import type { Instant } from '@naru/kernel/instant';
import { Database, date } from '@naru/platform/database';
import type { Queries } from '../queries.js';
import type { Membership } from './membership.js';

interface MembershipRow {
  readonly organizationId: string;
  readonly userId: string;
  readonly roles: string[];
  readonly grantedAt: Instant;
  readonly endedAt: Instant | null;
}

/** A membership in force, as the issuer sees it: the account that a token is issued to. */
export interface Account {
  readonly membershipId: string;
  readonly userId: string;
  readonly userName: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly roles: readonly string[];
}

const COLUMNS = `organization_id as "organizationId", user_id as "userId", roles, granted_at as "grantedAt", ended_at as "endedAt"`;
const FIND = `select ${COLUMNS} from memberships where organization_id = $1 and user_id = $2`;
const LIST = `select ${COLUMNS} from memberships where organization_id = $1 and ($2::uuid is null or user_id > $2) order by user_id limit $3`;
/** A membership that had ended becomes a new one; a new grant to an active one changes its roles alone. */
const GRANT = `
  insert into memberships as m (organization_id, user_id, membership_id, roles, granted_at) values ($1, $2, $3, $4, $5)
  on conflict (organization_id, user_id) do update
     set roles = excluded.roles, granted_at = excluded.granted_at, ended_at = null,
         membership_id = case when m.ended_at is null then m.membership_id else excluded.membership_id end
  returning ${COLUMNS}`;
const END = `update memberships set ended_at = $3 where organization_id = $1 and user_id = $2 returning ${COLUMNS}, membership_id as "membershipId"`;
const ACCOUNT = `
  select m.membership_id as "membershipId", m.user_id as "userId", u.name as "userName", m.organization_id as "organizationId", o.name as "organizationName", m.roles
    from memberships m join users u using (user_id) join organizations o using (organization_id)
   where m.ended_at is null and u.disabled_at is null`;
const ACCOUNT_BY_ID = `${ACCOUNT} and m.membership_id = $1`;
const ACCOUNTS_OF_USER = `${ACCOUNT} and m.user_id = $1 order by o.name, m.organization_id`;

function toMessage(row: MembershipRow): MembershipMessage {
  return MembershipMessage.fromPartial({ ...row, grantedAt: new Date(row.grantedAt), endedAt: row.endedAt === null ? undefined : new Date(row.endedAt) });
}

@Injectable()
export class MembershipStore {
  constructor(private readonly database: Database) {}

  /** The membership as the core sees it, and as the contract does. */
  async find(tx: Queries, organizationId: string, userId: string): Promise<{ readonly membership: Membership; readonly message: MembershipMessage | undefined }> {
    const [row] = await tx.query<MembershipRow>(FIND, [organizationId, userId]);
    if (!row) return { membership: { phase: 'none' }, message: undefined };
    return { membership: { phase: row.endedAt === null ? 'active' : 'ended', roles: row.roles }, message: toMessage(row) };
  }

  async list(organizationId: string, page: { after: string | undefined; limit: number }): Promise<MembershipMessage[]> {
    return (await this.database.query<MembershipRow>(LIST, [organizationId, page.after ?? null, page.limit])).map(toMessage);
  }

  async grant(tx: Queries, grant: { organizationId: string; userId: string; membershipId: string; roles: readonly string[]; at: Instant }): Promise<MembershipMessage> {
    const [row] = await tx.query<MembershipRow>(GRANT, [grant.organizationId, grant.userId, grant.membershipId, grant.roles, date(grant.at)]);
    return toMessage(row!);
  }

  /** Ends the membership; `membershipId` names what it had granted. */
  async end(tx: Queries, organizationId: string, userId: string, at: Instant): Promise<{ readonly message: MembershipMessage; readonly membershipId: string }> {
    const [row] = await tx.query<MembershipRow & { membershipId: string }>(END, [organizationId, userId, date(at)]);
    return { message: toMessage(row!), membershipId: row!.membershipId };
  }

  async findAccount(membershipId: string): Promise<Account | undefined> {
    const [row] = await this.database.query<Account>(ACCOUNT_BY_ID, [membershipId]);
    return row;
  }

  /** The memberships in force of a user, by the organization's name. */
  accountsOf(userId: string): Promise<Account[]> {
    return this.database.query<Account>(ACCOUNTS_OF_USER, [userId]);
  }
}
